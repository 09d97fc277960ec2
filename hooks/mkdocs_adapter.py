"""The only module that knows MkDocs: it hands the pages of the guide to the engine, and its problems to the terminal.

MkDocs runs this file by path, with its folder on `sys.path` only while it loads, so the package is imported here.
What a build needs is kept on that build's config: modules outlive rebuilds of `mkdocs serve`.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from jinja2 import TemplateError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import get_toc
from patientguide import Problem, clock, load, menu, policy, programversion, report, stylesheet
from patientguide import files as beside
from patientguide.buildcache import BuildCache, bytes_hash, digest
from patientguide.navigation import Navigation
from patientguide.offline import worker
from patientguide.pageplan import Planned, Planner
from patientguide.problems import Severity, worst_first
from patientguide.prose import straight_quotes_curled
from patientguide.render import Renderer

log = get_plugin_logger("patientguide")

BUILD = "patientguide_build"
STYLES = "assets/site.css"
THEME_STYLES = "assets/stylesheets"
THEME_SCRIPTS = "assets/javascripts"
KEPT = "kept.html"
"""A template that shows a page as an earlier build made it."""


_NOT_SHOWN = ("site_dir", "docs_dir", "config_file_path", "watch", "strict", "dev_addr")
"""Settings of mkdocs.yml that no page depends on."""


class Preview:
    """What outlives the rebuilds of `mkdocs serve`."""

    on = False
    cache: BuildCache | None = None


@dataclass
class Build:
    """What one build needs between its steps."""

    cache: BuildCache
    shell: str
    plan: list[Planned]
    planner: Planner
    menu: Navigation
    beside: Mapping[str, str]
    sheets: list[str]
    renderer: Renderer = field(init=False)
    classes: set[str] = field(default_factory=set)
    ids: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)


class GuidePage(SitePage):
    """A page of the guide. MkDocs renders all pages before it writes the first; these are rendered one by one.

    So a large guide takes little memory, one converter serves all pages, and a page that rests on nothing that changed
    is not rendered at all.
    """

    def __init__(self, planned: Planned, build: Build, file: File, config: MkDocsConfig) -> None:
        """`file` is where MkDocs writes it to."""
        super().__init__(planned.draft.title, file, config)
        self._planned, self._build = planned, build
        self._key = digest(planned.key, build.shell, repr(build.menu.beside(file.src_uri)))
        self._known = build.cache.get("html", file.src_uri, self._key)
        if self._known and build.cache.text(file.dest_uri, self._known["hash"]) is None:
            self._known = None

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002
        """What MkDocs would read from the top of a Markdown file."""
        draft = self._planned.draft
        self.markdown = ""
        self.meta = {"title": draft.title, "assets": list(draft.assets)}
        if self._known:
            self.meta["template"] = KEPT

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Leave it to `draw`."""
        self.content = ""

    def draw(self) -> None:
        """Turn its Markdown into HTML, or find the page that was kept."""
        build, uri = self._build, self.file.src_uri
        self.kept = build.cache.text(self.file.dest_uri, self._known["hash"]) if self._known else None
        if self._known and self.kept is None:
            # Another build wrote it since. Its template is chosen already, and shows the page itself instead.
            self._known = None
            del self.meta["template"]
        if self._known:
            build.ids[uri], build.anchors[uri] = self._known["ids"], self._known["anchors"]
            build.classes.update(self._known["classes"].split())
            return
        page = self._planned.page or build.planner.composer.compose(self._planned.draft)
        rendered = build.renderer.render(page)
        self.content, self.toc = rendered.html, get_toc(rendered.headings)
        if page.description:
            self.meta["description"] = page.description
        build.ids[uri] = " ".join(sorted(rendered.ids))
        build.anchors[uri] = " ".join(sorted(map("#".join, rendered.anchors)))
        for link in rendered.lost:
            log.warning(f"{uri} contains a link '{link}', which leads to no page or file.")

    def keep(self, html: str, classes: set[str]) -> None:
        """Keep the finished page for the next build, and free what only its template needed."""
        build, uri = self._build, self.file.src_uri
        if not self._known and (hash_ := build.cache.put_text(self.file.dest_uri, html)):
            words = {"classes": " ".join(sorted(classes)), "ids": build.ids[uri], "anchors": build.anchors[uri]}
            self._known = {"hash": hash_, **words}
            build.cache.put("html", uri, self._key, self._known)
        if self._known:
            build.hashes[self.file.dest_uri] = self._known["hash"]
        self.content, self.kept = "", ""


def on_startup(*, command: str, dirty: bool) -> None:  # noqa: ARG001
    """Remember whether this is a live preview."""
    Preview.on = command == "serve"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Check the content before MkDocs empties site/: a wrong entry stops the build and leaves the last good site."""
    try:
        today = clock.today()
    except ValueError as error:
        raise PluginError(str(error)) from None
    cache = _cache(config)
    guide, problems = load(_root(config) / "content", today, cache)
    _report(problems)
    if guide is None:
        raise PluginError(report.as_text([p for p in worst_first(problems) if p.severity is Severity.ERROR]))
    planner = Planner(guide, problems, cache)
    plan = list(planner.pages())
    found = menu(guide)
    view = Navigation(found, {planned.draft.uri: planned.draft.title for planned in plan})
    config.nav = found
    config.site_name = straight_quotes_curled(guide.settings.title)
    config.theme["language"] = guide.settings.language
    sheets, config.extra_css = config.extra_css, []
    config.extra["joined_styles"] = STYLES
    config.extra["preview"] = Preview.on
    config.extra[BUILD] = Build(cache, _shell(config), plan, planner, view, beside(guide, cache), sheets)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages as generated files. A hand-written page gives way to its composed self; a draft is left out."""
    build: Build = config.extra[BUILD]
    taken = {file.dest_uri: file for file in files}
    composed = {planned.draft.edits for planned in build.plan}
    for file in [file for file in files.documentation_pages() if f"docs/{file.src_uri}" not in composed]:
        if file.generated_by is None:
            files.remove(file)
    known = {planned.draft.uri for planned in build.plan}
    known |= {file.src_uri for file in files if not file.is_documentation_page()}
    build.renderer = Renderer(config.markdown_extensions, config.mdx_configs, known)
    for planned in build.plan:
        uri, source = planned.draft.uri, planned.draft.edits
        generated = File.generated(config, uri, content="")
        generated.edit_uri = f"../{source}" if config.repo_url and source else None
        other = taken.get(generated.dest_uri)
        if other is not None:
            if source != f"docs/{other.src_uri}":
                raise PluginError(f"Two pages want the address {generated.url}: {other.src_uri} and {uri}.")
            files.remove(other)
        GuidePage(planned, build, generated, config)
        files.append(generated)
    for uri, text in build.beside.items():
        if uri in taken:
            raise PluginError(f"Two files want the address {uri}.")
        files.append(File.generated(config, uri, content=text))
    return files


def on_page_context(context: dict[str, Any], page: SitePage, config: MkDocsConfig, nav: object) -> None:  # noqa: ARG001
    """Render a page just before its template needs it, and say what it shows of the menu."""
    context["pg_menu"] = config.extra[BUILD].menu.beside(page.file.src_uri)
    if isinstance(page, GuidePage):
        page.draw()


def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> None:  # noqa: ARG001
    """The menu for a page of the theme, which stands in no section."""
    context["pg_menu"] = config.extra[BUILD].menu.beside()


def on_post_page(output: str, page: SitePage, config: MkDocsConfig) -> None:
    """Refuse a page that the policy would break, and remember what its styles are for."""
    classes = set() if page.meta.get("template") == KEPT else _look_at(output, page.file.dest_uri)
    if isinstance(page, GuidePage):
        page.keep(output, classes)
    config.extra[BUILD].classes |= classes


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> None:
    """The same for a page of the theme, such as the one for an address that leads nowhere."""
    if template_name.endswith(".html"):
        config.extra[BUILD].classes |= _look_at(output_content, template_name)


def on_post_build(config: MkDocsConfig) -> None:
    """Join the style sheets, leave out the theme's scripts, and write the service worker over all that was built."""
    build: Build = config.extra.pop(BUILD)
    site = Path(config.site_dir)
    for link, uri in {link: uri for uri, links in build.anchors.items() for link in links.split()}.items():
        target, _, anchor = link.partition("#")
        if f" {anchor} " not in f" {build.ids.get(target, anchor)} ":
            log.warning(f"{uri} contains a link to '#{anchor}' on {target}, where nothing has that id.")
    _join_styles(site, build)
    shutil.rmtree(site / THEME_SCRIPTS)
    _let_browsers_keep(site, build.hashes)
    try:
        build.cache.close()
    except OSError as error:
        log.info(f"The next build takes as long as this one: what it found out cannot be kept. {error}")


def _let_browsers_keep(site: Path, known: Mapping[str, str]) -> None:
    """Write the service worker. A preview has none: it would show yesterday's pages."""
    if not Preview.on:
        files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
        hashes = {uri: known.get(uri) or bytes_hash(file.read_bytes()) for uri, file in files.items()}
        (site / "sw.js").write_text(worker.text(hashes), encoding="utf-8")


def _join_styles(site: Path, build: Build) -> None:
    """One style sheet instead of many, without what no page uses."""
    for script in sorted((site / "assets").glob("*.js")):
        build.classes |= stylesheet.scripted(script.read_text(encoding="utf-8"))
    files = [*sorted((site / THEME_STYLES).glob("main.*.css")), *(site / name for name in build.sheets)]
    sheets = [file.read_text(encoding="utf-8") for file in files]
    key = digest(sheets, sorted(build.classes))
    joined = build.cache.get("styles", STYLES, key) or stylesheet.join(sheets, build.classes)
    build.cache.put("styles", STYLES, key, joined)
    for file in files:
        file.unlink()
    shutil.rmtree(site / THEME_STYLES)
    (site / STYLES).write_text(joined, encoding="utf-8")


def _cache(config: MkDocsConfig) -> BuildCache:
    """What earlier builds found out; `--clean` on the command line forgets it."""
    if Preview.on and Preview.cache:
        return Preview.cache
    name = "preview" if Preview.on else f"site-{digest(config.site_url, config.repo_url)[:8]}"
    folder = _root(config) / "build" / "cache" / name
    context = click.get_current_context(silent=True)
    if context and context.get_parameter_source("clean") is ParameterSource.COMMANDLINE:
        shutil.rmtree(folder, ignore_errors=True)
    Preview.cache = BuildCache(folder, programversion.current())
    return Preview.cache


def _shell(config: MkDocsConfig) -> str:
    """The hash of what is the same on every page: templates, and the settings of mkdocs.yml.

    Its text alone does not say what they are: it may take them from the environment or from another file.
    """
    text = Path(config.config_file_path).read_text(encoding="utf-8")
    settings = {name: value for name, value in config.items() if name not in _NOT_SHOWN}
    # What is no plain data, such as a function, is named in the text, and comes with a package.
    plain = json.dumps(
        [settings, config.theme], default=lambda v: {**v} if isinstance(v, Mapping) else "", sort_keys=True
    )
    return digest(text, plain, Preview.on, programversion.files_hash(*_templates(config)))


def _templates(config: MkDocsConfig) -> list[Path]:
    return [Path(config.theme.custom_dir)] if config.theme.custom_dir else []


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., Any]) -> LiveReloadServer:
    """Keep the last good site up while an edit is wrong, and say plainly what is wrong."""
    site = Path(config.site_dir)

    def rebuild() -> None:
        with tempfile.TemporaryDirectory() as kept:
            last_good = Path(kept) / "site"
            shutil.copytree(site, last_good)
            try:
                builder()
            except (Exception, SystemExit) as error:
                shutil.rmtree(site, ignore_errors=True)
                shutil.copytree(last_good, site)
                if not isinstance(error, (SystemExit, MkDocsException, TemplateError)):
                    log.exception("This is a fault of the program, not of your text.")
                # MkDocs has logged the reason of an Abort, which is a SystemExit, already.
                reason = "" if isinstance(error, SystemExit) else f"{error}\n"
                log.error(f"{reason}The page in your browser is the last good one. Save again when this is mended.")

    server.builder = rebuild
    return server


def _report(problems: list[Problem]) -> None:
    """List what stops nothing, for the record: only errors may fail a strict build."""
    if listed := [problem for problem in worst_first(problems) if problem.severity is not Severity.ERROR]:
        log.info(f"The content has {report.count(listed)}. `make check` lists them.")


def _look_at(html: str, uri: str) -> set[str]:
    """The classes of a page that the policy lets pass."""
    if faults := list(policy.faults(html)):
        raise PluginError(f"{uri} would break in a browser, under the policy in its head:\n" + "\n".join(faults))
    return stylesheet.classes(html)


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent

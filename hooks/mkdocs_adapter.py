"""The only module that knows MkDocs: it hands the pages of the guide to the engine, and its problems to the terminal.

MkDocs runs this file by path, with its folder on `sys.path` only while it loads, so the package is imported here.
What a build needs is kept on that build's config: modules outlive rebuilds of `mkdocs serve`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from jinja2 import Environment, TemplateError
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import get_toc
from patientguide import clock, memory, programversion, progress, report, sitestyles, watcher
from patientguide.buildcache import BuildCache, digest
from patientguide.livesite import LiveSite
from patientguide.offline import worker
from patientguide.pagebuild import PageBuild, PolicyError
from patientguide.prepared import ContentError, Prepared, prepare
from patientguide.preview import Preview
from patientguide.prose import straight_quotes_curled
from patientguide.render import Renderer
from patientguide.sitebuild import SiteBuild

log = get_plugin_logger("patientguide")

BUILD = "patientguide_build"
DRAW = "patientguide_draw"
_NOT_SHOWN = ("site_dir", "docs_dir", "config_file_path", "watch", "strict", "dev_addr", BUILD, DRAW)
"""What no page depends on, of the settings of mkdocs.yml and of what is kept beside them."""
KEPT = "kept.html"
"""A template that shows a page as an earlier build made it."""


class Session:
    """What outlives the rebuilds of `mkdocs serve`."""

    preview = False
    cache: BuildCache | None = None
    live: LiveSite | None = None
    config: MkDocsConfig | None = None
    env: tuple[str, Environment] | None = None
    steps = progress.Progress()


class GuidePage(SitePage):
    """A page of the guide. MkDocs renders all pages before it writes the first; these are rendered one by one.

    So a large guide takes little memory, one converter serves all pages, and a page that rests on nothing that changed
    is not rendered at all.
    """

    def __init__(self, page: PageBuild, file: File, config: MkDocsConfig) -> None:
        """`file` is where MkDocs writes it to."""
        super().__init__(page.draft.title, file, config)
        self.build = page

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002
        """What MkDocs would read from the top of a Markdown file."""
        draft = self.build.draft
        self.markdown = ""
        self.meta = {"title": draft.title, "assets": list(draft.assets)}
        if self.build.known:
            self.meta["template"] = KEPT

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Leave it to `draw`."""
        self.content = ""

    def draw(self, build: SiteBuild) -> None:
        """Turn its Markdown into HTML, or find the page that was kept."""
        self.kept = self.build.kept()
        if self.build.known:
            return
        # Another build may have taken the kept page away. Its template shows the page itself then.
        self.meta.pop("template", None)
        description, rendered = build.render(self.build)
        self.content, self.toc = rendered.html, get_toc(rendered.headings)
        if description:
            self.meta["description"] = description
        for link in rendered.lost:
            log.warning(f"{self.file.src_uri} contains a link '{link}', which leads to no page or file.")


def on_startup(*, command: str, dirty: bool) -> None:  # noqa: ARG001
    """Remember whether this is a live preview."""
    Session.preview = command == "serve"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Check the content before MkDocs empties site/: a wrong entry stops the build and leaves the last good site."""
    cache = _cache(config)
    with memory.lasting():
        return _planned(config, cache)


def _planned(config: MkDocsConfig, cache: BuildCache) -> MkDocsConfig:
    prepared = _prepared(config, cache)
    settings = prepared.planner.guide.settings
    config.nav = prepared.menu
    config.site_name = straight_quotes_curled(settings.title)
    config.theme["language"] = settings.language
    config.extra["joined_styles"] = sitestyles.URI
    config.extra["preview"] = Session.preview
    build = config.extra[BUILD] = SiteBuild(prepared, cache, _shell(config))
    for planned in prepared.planner.pages():
        build.plan.append(planned)
        Session.steps.step(f"{len(build.plan):,} pages composed")
    return config


def _prepared(config: MkDocsConfig, cache: BuildCache) -> Prepared:
    """The guide. Problems that are no errors are counted for the record: only errors may fail a strict build."""
    Session.steps = progress.Progress()
    progress.line("Reading and checking the content")
    try:
        today = clock.today()
    except ValueError as error:
        raise PluginError(str(error)) from None
    with _refusing():
        prepared = prepare(_root(config) / "content", today, cache)
    if prepared.listed:
        log.info(f"The content has {report.count(prepared.listed)}. `make check` lists them.")
    return prepared


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages as generated files. A hand-written page gives way to its composed self; a draft is left out."""
    build: SiteBuild = config.extra[BUILD]
    build.sheets, left_out = sitestyles.taken(files, config.extra_css)
    config.extra_css = []
    taken = {file.dest_uri: file for file in files}
    composed = {planned.draft.edits for planned in build.plan}
    left_out += [f for f in files.documentation_pages() if not f.generated_by and f"docs/{f.src_uri}" not in composed]
    for file in left_out:
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
        GuidePage(build.page(planned), generated, config)
        files.append(generated)
    for uri, text in build.prepared.beside.items():
        if uri in taken:
            raise PluginError(f"Two files want the address {uri}.")
        files.append(File.generated(config, uri, content=text))
    return files


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG001
    """Templates that did not change since the last build of a preview are not compiled again."""
    shell = config.extra[BUILD].shell
    if Session.env is None or Session.env[0] != shell:
        Session.env = shell, env
    return Session.env[1]


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Remember what a single page is drawn with."""
    config.extra[DRAW] = lambda page: _html(page, config, files, nav)


def on_page_context(context: dict[str, Any], page: SitePage, config: MkDocsConfig, nav: object) -> None:  # noqa: ARG001
    """Render a page just before its template needs it, and say what it shows of the menu."""
    build: SiteBuild = config.extra[BUILD]
    Session.steps.step(f"Page {len(build.finished) + 1:,} of {len(build.plan):,}")
    context["pg_menu"] = build.menu(page.file.src_uri)
    if isinstance(page, GuidePage):
        page.draw(build)


def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> None:  # noqa: ARG001
    """The menu for a page of the theme, which stands in no section."""
    context["pg_menu"] = config.extra[BUILD].menu()


def on_post_page(output: str, page: SitePage, config: MkDocsConfig) -> None:
    """Refuse a page that the policy would break, and free what only its template needed."""
    with _refusing():
        config.extra[BUILD].finish(page.file.src_uri, output, page.build if isinstance(page, GuidePage) else None)
    if isinstance(page, GuidePage):
        page.content = page.kept = ""


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> None:
    """The same for a page of the theme, such as the one for an address that leads nowhere."""
    if template_name.endswith(".html"):
        with _refusing():
            config.extra[BUILD].finish(template_name, output_content)


def on_post_build(config: MkDocsConfig) -> None:
    """Write what rests on all pages: the style sheet, and the service worker over all that was built."""
    progress.line()
    build: SiteBuild = config.extra[BUILD]
    site = Path(config.site_dir)
    live = LiveSite(build, site, config.extra[DRAW], log.warning)
    live.complete()
    # A preview has no service worker: it would show yesterday's pages.
    if not Session.preview:
        worker.write(site, build.hashes)
    try:
        build.cache.close()
    except OSError as error:
        log.info(f"The next build takes as long as this one: what it found out cannot be kept. {error}")
    if Session.preview:
        Session.config, Session.live = config, live


def _cache(config: MkDocsConfig) -> BuildCache:
    """What earlier builds found out; `--clean` on the command line forgets it."""
    if Session.preview and Session.cache:
        return Session.cache
    name = "preview" if Session.preview else f"site-{digest(config.site_url, config.repo_url)[:8]}"
    folder = _root(config) / "build" / "cache" / name
    context = click.get_current_context(silent=True)
    if context and context.get_parameter_source("clean") is ParameterSource.COMMANDLINE:
        shutil.rmtree(folder, ignore_errors=True)
    Session.cache = BuildCache(folder, programversion.current())
    return Session.cache


def _shell(config: MkDocsConfig) -> str:
    """The hash of what is the same on every page: templates, and the settings of mkdocs.yml."""
    text = Path(config.config_file_path).read_text(encoding="utf-8")
    settings = {name: value for name, value in {**config, **config.extra}.items() if name not in (*_NOT_SHOWN, "extra")}
    templates = programversion.files_hash(*[Path(folder) for folder in [config.theme.custom_dir] if folder])
    return programversion.settings_hash(text, settings, config.theme, Session.preview, templates)


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[..., Any]) -> LiveReloadServer:
    """Renew at once what was saved; while it is wrong, keep the last good site up and say plainly what is wrong."""
    expected = (SystemExit, MkDocsException, TemplateError)
    preview = Preview(server.mount_path, Path(config.site_dir), builder, _again, expected, log)
    server.builder = preview.rebuild
    server.set_app(preview.over(server.get_app()))  # type: ignore[arg-type]
    watcher.listen(server, [config.docs_dir, config.config_file_path], os.environ)
    return server


def _again() -> tuple[LiveSite, Prepared] | None:
    """What single pages are renewed with; None when more than pages changed, and MkDocs must build all."""
    live, config = Session.live, Session.config
    if live is None or config is None:
        return None
    prepared = _prepared(config, live.build.cache)
    # Another plugin may change more than it says.
    fits = len(config.plugins) == 1 and live.fits(prepared) and _shell(config) == live.build.shell
    return (live, prepared) if fits else None


def _html(page: PageBuild, config: MkDocsConfig, files: Files, nav: Navigation) -> str:
    """A page as MkDocs would write it, in the place of the one that it had."""
    file = files.src_uris[page.draft.uri]
    before, new = file.page, GuidePage(page, file, config)
    if before:
        new.parent, new.previous_page, new.next_page = before.parent, before.previous_page, before.next_page
    new.read_source(config)
    new.active = True
    context = get_context(nav, files, config, new)
    build: SiteBuild = config.extra[BUILD]
    context["pg_menu"] = build.menu(page.draft.uri)  # type: ignore[typeddict-unknown-key]
    new.draw(build)
    template = config.theme.get_env() if Session.env is None else Session.env[1]
    output = template.get_template(new.meta.get("template", "main.html")).render(context)
    on_post_page(output, new, config)
    new.active = False
    return output


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (ContentError, PolicyError) as error:
        raise PluginError(str(error)) from error


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent

"""The only module that knows MkDocs: it hands the pages of the guide to the engine, and its problems to the terminal.

MkDocs runs this file by path, with its folder on `sys.path` only while it loads, so the package is imported here.
What a build needs is kept on that build's config: modules outlive rebuilds of `mkdocs serve`.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import get_toc
from patientguide import Page, Problem, build, clock, load, menu, policy, report, stylesheet
from patientguide import files as beside
from patientguide.offline import worker
from patientguide.problems import Severity, worst_first
from patientguide.prose import straight_quotes_curled
from patientguide.render import Renderer

log = get_plugin_logger("patientguide")

PAGES = "patientguide_pages"
BESIDE = "patientguide_files"
SHEETS = "patientguide_sheets"
CLASSES = "patientguide_classes"
STYLES = "assets/site.css"
THEME_STYLES = "assets/stylesheets"
THEME_SCRIPTS = "assets/javascripts"


previews: list[bool] = []


class GuidePage(SitePage):
    """A composed page. MkDocs renders all pages before it writes the first; these are rendered one by one.

    So a large guide takes little memory, and one converter serves all pages.
    """

    def __init__(self, page: Page, renderer: Renderer, file: File, config: MkDocsConfig) -> None:
        """`file` is where MkDocs writes it to."""
        super().__init__(page.title, file, config)
        self._page, self._renderer = page, renderer

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002
        """What MkDocs would read from the top of a Markdown file."""
        self.markdown = ""
        self.meta = {"title": self._page.title, "assets": list(self._page.assets)}
        if self._page.description:
            self.meta["description"] = self._page.description

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Leave it to `draw`."""
        self.content = ""

    def draw(self) -> None:
        """Turn its Markdown into HTML."""
        rendered = self._renderer.render(self._page)
        self.content, self.toc = rendered.html, get_toc(rendered.headings)
        self.present_anchor_ids = set(rendered.ids)

    def forget(self) -> None:
        """Free what only its own template needed."""
        self.content = ""


def on_startup(*, command: str, dirty: bool) -> None:  # noqa: ARG001
    """Remember whether this is a live preview."""
    previews[:] = [command == "serve"]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Check the content before MkDocs empties site/: a wrong entry stops the build and leaves the last good site."""
    try:
        today = clock.today()
    except ValueError as error:
        raise PluginError(str(error)) from None
    guide, problems = load(_root(config) / "content", today)
    _report(problems)
    if guide is None:
        raise PluginError(report.as_text([p for p in worst_first(problems) if p.severity is Severity.ERROR]))
    config.extra[PAGES] = build(guide, problems)
    config.extra[BESIDE] = beside(guide)
    config.nav = menu(guide)
    config.site_name = straight_quotes_curled(guide.settings.title)
    config.theme["language"] = guide.settings.language
    config.extra[SHEETS], config.extra_css = config.extra_css, []
    config.extra[CLASSES] = set()
    config.extra["joined_styles"] = STYLES
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages as generated files. A hand-written page gives way to its composed self; a draft is left out."""
    pages: list[Page] = config.extra.pop(PAGES)
    taken = {file.dest_uri: file for file in files}
    composed = {page.source for page in pages}
    for file in [file for file in files.documentation_pages() if f"docs/{file.src_uri}" not in composed]:
        if file.generated_by is None:
            files.remove(file)
    known = {page.uri for page in pages} | {file.src_uri for file in files if not file.is_documentation_page()}
    renderer = Renderer(config.markdown_extensions, config.mdx_configs, known)
    for page in pages:
        generated = File.generated(config, page.uri, content="")
        generated.edit_uri = f"../{page.source}" if config.repo_url and page.source else None
        other = taken.get(generated.dest_uri)
        if other is not None:
            if page.source != f"docs/{other.src_uri}":
                raise PluginError(f"Two pages want the address {generated.url}: {other.src_uri} and {page.uri}.")
            files.remove(other)
        GuidePage(page, renderer, generated, config)
        files.append(generated)
    for uri, text in config.extra.pop(BESIDE).items():
        if uri in taken:
            raise PluginError(f"Two files want the address {uri}.")
        files.append(File.generated(config, uri, content=text))
    return files


def on_page_context(context: Any, page: SitePage, config: MkDocsConfig, nav: Navigation) -> Any:  # noqa: ARG001
    """Render a page just before its template needs it."""
    if isinstance(page, GuidePage):
        page.draw()
    return context


def on_post_page(output: str, page: SitePage, config: MkDocsConfig) -> None:
    """Refuse a page that the policy would break, and remember what its styles are for."""
    _look_at(output, page.file.dest_uri, config)
    if isinstance(page, GuidePage):
        page.forget()


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> None:
    """The same for a page of the theme, such as the one for an address that leads nowhere."""
    if template_name.endswith(".html"):
        _look_at(output_content, template_name, config)


def on_post_build(config: MkDocsConfig) -> None:
    """Join the style sheets, leave out the theme's scripts, and write the service worker over all that was built."""
    site = Path(config.site_dir)
    _join_styles(site, config)
    shutil.rmtree(site / THEME_SCRIPTS)
    _let_browsers_keep(site)


def _let_browsers_keep(site: Path) -> None:
    """Write the service worker. A preview has none: it would show yesterday's pages."""
    if previews != [True]:
        files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        (site / "sw.js").write_text(worker.text(files), encoding="utf-8")


def _join_styles(site: Path, config: MkDocsConfig) -> None:
    """One style sheet instead of many, without what no page uses."""
    used: set[str] = config.extra.pop(CLASSES)
    for script in sorted((site / "assets").glob("*.js")):
        used |= stylesheet.scripted(script.read_text(encoding="utf-8"))
    sheets = [*sorted((site / THEME_STYLES).glob("main.*.css")), *(site / name for name in config.extra.pop(SHEETS))]
    joined = stylesheet.join([sheet.read_text(encoding="utf-8") for sheet in sheets], used)
    for sheet in sheets:
        sheet.unlink()
    shutil.rmtree(site / THEME_STYLES)
    (site / STYLES).write_text(joined, encoding="utf-8")


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


def _look_at(html: str, uri: str, config: MkDocsConfig) -> None:
    if faults := list(policy.faults(html)):
        raise PluginError(f"{uri} would break in a browser, under the policy in its head:\n" + "\n".join(faults))
    config.extra[CLASSES] |= stylesheet.classes(html)


def _root(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent

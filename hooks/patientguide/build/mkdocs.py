"""The MkDocs plugin: it hands the pages of the guide to the engine, and prints its problems.

No other module of the package imports MkDocs. A plugin outlives rebuilds of `mkdocs serve`: the state of one build is
in its config, and lasting state in `session`.
"""

import os
import re
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
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import get_toc

from patientguide.build import defaults, stylesheet
from patientguide.build.markdown import Renderer
from patientguide.build.page import PageBuild, PolicyError
from patientguide.build.prepare import ContentError, Prepared
from patientguide.build.session import Session, files_hash, settings_hash
from patientguide.build.site import LiveSite, SiteBuild
from patientguide.core import process
from patientguide.core.cache import BuildCache
from patientguide.core.files import os_error_text
from patientguide.markup.tokens import straight_quotes_curled

log = get_plugin_logger("patientguide")

BUILD = "patientguide_build"
DRAW = "patientguide_draw"
KEPT = "kept.html"  # a template that shows the cached page, if there is one

# HTML has no such attribute for a checkbox, and Material writes it into each page.
_CHECKBOX = re.compile(r'(<input class="md-toggle" [^<>]*) autocomplete="off"')

_DIRECTORY_URLS = (
    "mkdocs.yml says use_directory_urls: false. Links and search of a guide need true. To read a guide without a "
    "server, build it and run: patientguide offline site --to guide.zip"
)

session = Session()


class GuidePage(SitePage):
    """A page of the guide: rendered just before it is written, unless it is cached."""

    def __init__(self, page: PageBuild, file: File, config: MkDocsConfig) -> None:
        """`file` is where MkDocs writes it to."""
        super().__init__(page.draft.title, file, config)
        self.build = page
        self.kept: str | None = None

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002
        """Set what MkDocs would read from front matter."""
        draft = self.build.draft
        self.markdown = ""
        self.meta = {"title": draft.title, "changed": draft.changed, "assets": list(draft.assets), "template": KEPT}

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Leave it to `draw`."""
        self.content = ""

    def draw(self, build: SiteBuild) -> bool:
        """Render its Markdown, or take the cached page. Returns whether it was cached."""
        self.kept = self.build.kept()
        if self.kept is None:
            head, rendered = build.render(self.build)
            self.content, self.toc = rendered.html, get_toc(rendered.headings)
            self.meta.update(head)
        return self.kept is not None


def on_startup(*, command: str, dirty: bool) -> None:  # noqa: ARG001
    """Remember whether this is a live preview."""
    session.preview = command == "serve"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Check the content before MkDocs empties site/, so that errors leave the last good site in place."""
    if not config.use_directory_urls:
        raise PluginError(_DIRECTORY_URLS)
    if session.preview and session.cache is None:
        _port_is_free(config)
    defaults.fill(config, dict(config._schema))
    # MkDocs cleans its folder anyway; an explicit --clean drops the build cache as well.
    context = click.get_current_context(silent=True)
    forget = bool(context and context.get_parameter_source("clean") is ParameterSource.COMMANDLINE)
    without = os.environ.get("PATIENTGUIDE_CACHE") == "no"
    cache = session.opened(_content(config).parent, [config.site_url, config.repo_url], forget, without)
    with process.long_lived(), _refusing():
        return _planned(config, cache)


def _planned(config: MkDocsConfig, cache: BuildCache) -> MkDocsConfig:
    prepared = session.prepared(_content(config), cache, log.info)
    settings = prepared.planner.guide.settings
    config.nav = prepared.menu
    config.site_name = straight_quotes_curled(settings.title)
    config.theme["language"] = defaults.spoken(settings.language, config.theme.dirs)
    config.extra |= {"joined_styles": stylesheet.URI, "preview": session.preview}
    config.extra[BUILD] = SiteBuild(prepared, cache, _shell(config), list(prepared.pages()))
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """Hide folders that are filled again from MkDocs, which empties site/."""
    session.kept = config.extra[BUILD].folders(Path(config.site_dir))
    session.kept.put_away()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages as generated files. They replace hand-written pages; drafts are left out."""
    build: SiteBuild = config.extra[BUILD]
    session.kept.bring_back()
    build.sheets, left_out = stylesheet.taken(files, config.extra_css)
    config.extra_css = []
    taken = {file.dest_uri: file for file in files}
    composed = {planned.draft.edits for planned in build.plan}
    left_out += [f for f in files.documentation_pages() if not f.generated_by and f"docs/{f.src_uri}" not in composed]
    for file in left_out:
        files.remove(file)
    known = {planned.draft.uri for planned in build.plan}
    known |= {file.src_uri for file in files if not file.is_documentation_page()} | build.prepared.beside.keys()
    build.renderer = Renderer(config.markdown_extensions, config.mdx_configs, known)
    for planned in build.plan:
        uri, source = planned.draft.uri, planned.draft.edits
        in_menu = InclusionLevel.NOT_IN_NAV if build.prepared.edition_of(uri) else InclusionLevel.UNDEFINED
        generated = File.generated(config, uri, content="", inclusion=in_menu)
        generated.edit_uri = f"../{source}" if config.repo_url and source else None
        if other := taken.get(generated.dest_uri):
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
    """Reuse the compiled templates of the last build of a preview, if they are the same."""
    return session.templates(config.extra[BUILD].shell, env)


def on_nav(nav: Any, config: MkDocsConfig, files: Files) -> None:
    """Remember what is needed to render a single page."""
    config.extra[DRAW] = lambda page: _html(page, config, files, nav)


def on_page_context(context: dict[str, Any], page: SitePage, config: MkDocsConfig, nav: object) -> None:  # noqa: ARG001
    """Render a page just before its template needs it, and add its menu."""
    build: SiteBuild = config.extra[BUILD]
    session.steps.step(f"Page {len(build.finished) + 1:,} of {len(build.plan):,}")
    with _refusing():
        kept = isinstance(page, GuidePage) and page.draw(build)
    if not kept:
        context.update(build.context(page.file.src_uri))


def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> None:  # noqa: ARG001
    """Add the menu for a page of the theme, which is in no section."""
    context.update(config.extra[BUILD].context())


def on_post_page(output: str, page: SitePage, config: MkDocsConfig) -> str:
    """Refuse a page that the policy would break, and free memory."""
    output = _CHECKBOX.sub(r"\1", output)
    with _refusing():
        config.extra[BUILD].finish(page.file.src_uri, output, page.build if isinstance(page, GuidePage) else None)
    if isinstance(page, GuidePage):
        page.content, page.kept, page.toc = "", "", get_toc([])
        page.meta.pop("linked_data", None)
    return output


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """The same for a page of the theme, such as the 404 page."""
    if template_name.endswith(".html"):
        output_content = _CHECKBOX.sub(r"\1", output_content)
        with _refusing():
            config.extra[BUILD].finish(template_name, output_content)
    return output_content


def on_post_build(config: MkDocsConfig) -> None:
    """Write the files that depend on all pages."""
    live = LiveSite(config.extra[BUILD], Path(config.site_dir), config.extra[DRAW], log.warning)
    session.completed(config, live, log.info)


def on_build_error(error: Exception) -> None:
    """Remove empty pages, and report errors of the system in a sentence."""
    session.kept.finish()
    if isinstance(error, OSError) and (said := os_error_text(error)):
        raise PluginError(said) from error


def _shell(config: MkDocsConfig) -> str:
    """The hash of the inputs of all pages: templates and settings."""
    unseen = {BUILD, DRAW, "site_dir", "docs_dir", "config_file_path", "watch", "strict", "extra", "extra_css"}
    settings = {name: value for name, value in {**config, **config.extra}.items() if name not in unseen}
    templates = files_hash(*[Path(folder) for folder in [config.theme.custom_dir] if folder])
    text = Path(config.config_file_path).read_text(encoding="utf-8")
    return settings_hash(text, settings, config.theme, session.preview, templates)


def on_serve(server: Any, config: MkDocsConfig, builder: Callable[..., Any]) -> Any:
    """Rebuild what was saved. While there are errors, show the last good site and the errors."""
    from patientguide.build import preview  # not needed for a build

    expected = (SystemExit, MkDocsException, TemplateError, OSError)
    shown = preview.Preview(server.mount_path, Path(config.site_dir), builder, _again, expected, log)
    server.builder = shown.rebuild
    server.set_app(preview.own_hosts_only(shown.over(server.get_app()), config.dev_addr.host))
    preview.listen(server, [config.docs_dir, config.config_file_path], os.environ)
    return server


def _again() -> tuple[LiveSite, Prepared] | None:
    """What single pages are rebuilt with, or None if more than pages changed and MkDocs must build all."""
    live, config = session.live, session.config
    if live is None or config is None:
        return None
    with _refusing():
        prepared = session.prepared(_content(config), live.build.cache, log.info)
    # Another plugin may change more than it reports.
    fits = len(config.plugins) == 1 and live.fits(prepared) and _shell(config) == live.build.shell
    return (live, prepared) if fits else None


def _html(page: PageBuild, config: MkDocsConfig, files: Files, nav: Any) -> str:
    """A page as MkDocs would write it, replacing the old one."""
    file = files.src_uris[page.draft.uri]
    before, new = file.page, GuidePage(page, file, config)
    if before:
        new.parent, new.previous_page, new.next_page = before.parent, before.previous_page, before.next_page
    new.read_source(config)
    new.active, context = True, dict[str, Any](get_context(nav, files, config, new))
    on_page_context(context, new, config, nav)
    env = session.templates(config.extra[BUILD].shell, config.theme.get_env())
    output = env.get_template(KEPT).render(context)
    output = on_post_page(output, new, config)
    new.active = False
    return output


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (ContentError, PolicyError) as error:
        raise PluginError(str(error)) from error
    except OSError as error:
        if said := os_error_text(error):
            raise PluginError(said) from error
        raise


def _port_is_free(config: MkDocsConfig) -> None:
    """Report a port that is not free at once, and not after a build."""
    from patientguide.build import preview

    if said := preview.port_fault(config.dev_addr.host, config.dev_addr.port):
        raise PluginError(said)


def _content(config: MkDocsConfig) -> Path:
    return Path(config.config_file_path).parent / "content"


EVENTS = (
    on_startup,
    on_config,
    on_pre_build,
    on_files,
    on_env,
    on_nav,
    on_page_context,
    on_template_context,
    on_post_page,
    on_post_template,
    on_post_build,
    on_build_error,
    on_serve,
)
"""The events of a build."""


class PatientGuidePlugin(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """The events as a plugin: `plugins: [patientguide]` in mkdocs.yml. hooks/mkdocs_adapter.py has them as a hook."""


for event in EVENTS:
    setattr(PatientGuidePlugin, event.__name__, staticmethod(event))

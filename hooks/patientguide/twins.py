"""What programs are given beside the pages: news, calendars, what says where to look, and the guide as data."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from patientguide import atom, datafiles, llmstxt, reviewcalendar, searchindex
from patientguide.datafiles import Cites
from patientguide.guide import Guide

ROBOTS = "robots.txt"


def files(guide: Guide, cites: Cites, site_url: str = "") -> Mapping[str, str]:
    """Every file beside the pages by its path, the search index and the data included; `cites` is what pages cite."""
    return {**searchindex.all_files(guide), **small(guide, site_url), **dict(datafiles.files(guide, cites, site_url))}


def small(guide: Guide, site_url: str = "") -> Mapping[str, str]:
    """The files but for the data, by their path. Links start with `site_url`; without one they are relative."""
    found = {atom.URI: atom.text(guide, site_url), llmstxt.URI: llmstxt.text(guide, site_url)}
    # Programs look for it at the root of a host only (RFC 9309, 2.3).
    if site_url and urlsplit(site_url).path == "/":
        found[ROBOTS] = f"User-agent: *\nAllow: /\nSitemap: {site_url}sitemap.xml\n"
    return {**found, **reviewcalendar.files(guide, site_url)}

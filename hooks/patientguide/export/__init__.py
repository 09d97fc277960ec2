"""Files beside the pages: JSON data, feeds, calendars, llms.txt, and the offline copy."""

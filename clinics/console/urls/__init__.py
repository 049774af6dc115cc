"""One URLconf a tab; ``tabs.tab_urls`` puts each below ``/manage/``."""

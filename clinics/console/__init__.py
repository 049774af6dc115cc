"""The console: the frame of every page below ``/manage/``, and the pages about who the organisation is."""

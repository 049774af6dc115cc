"""Host names that nobody has: everything is a 404."""

from clinics.error_pages import bad_request, page_not_found, permission_denied, server_error

urlpatterns: list[object] = []
handler400 = bad_request
handler403 = permission_denied
handler404 = page_not_found
handler500 = server_error

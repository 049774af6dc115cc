// Sends the page's one form at once, and takes the code out of the address first: going back here later
// finds nothing to send, and the history does not keep it. Without this there is the button.
history.replaceState(null, "", location.pathname);
document.getElementById("eid").requestSubmit();

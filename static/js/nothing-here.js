/** The entry of the page for addresses where nothing is. It needs no link to the server. */
import "./views/language-switch.js";
import "./views/theme-switch.js";

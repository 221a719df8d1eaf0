/** The entry of the page that the code on the wall leads to. */
import "./views/language-switch.js";
import "./views/theme-switch.js";
import "./workshop/join-door.js";

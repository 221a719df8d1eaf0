/** The entry of the page where a workshop is begun or joined. It needs no link to the server but plain requests. */
import "./views/language-switch.js";
import "./views/theme-switch.js";
import "./workshop/seat-list.js";
import "./workshop/code-form.js";
import "./workshop/begin-form.js";

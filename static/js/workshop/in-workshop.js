/** What the Studio and the page one draws on have besides in a workshop. */
import "./member-strip.js";
import "./workshop-end.js";

import { belong } from "./belonging.js";

belong();

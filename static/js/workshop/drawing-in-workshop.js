/** What the page one draws on has besides in a workshop. */
import "../vote/vote-card.js";
import "../wall/hang-card.js";
import "./member-strip.js";
import "./workshop-end.js";

import { belong } from "./belonging.js";

belong();

/** What the Studio has besides in a workshop. */
import "../contest/contest-card.js";
import "../vote/vote-card.js";
import "./member-strip.js";
import "./workshop-end.js";

import { belong } from "./belonging.js";

belong();

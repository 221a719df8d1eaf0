/** The entry of the class wall's page, for everyone in a workshop. */
import "./views/connection-status.js";
import "./views/language-switch.js";
import "./views/theme-switch.js";
import "./views/notice-bar.js";
import "./vote/vote-card.js";
import "./wall/class-wall.js";
import "./workshop/member-strip.js";
import "./workshop/workshop-end.js";

import { connect } from "./connection.js";
import { belong } from "./workshop/belonging.js";
import { seated } from "./workshop/seat.js";

if (seated()) {
  belong();
  connect();
}

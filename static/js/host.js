/** The entry of the host's page: the class, and the run that all see. */
import "./views/connection-status.js";
import "./views/language-switch.js";
import "./views/theme-switch.js";
import "./views/notice-bar.js";
import "./views/transport-bar.js";
import "./views/run-figures.js";
import "./views/lens-switch.js";
import "./views/opened-step.js";
import "./views/picture-sentence.js";
import "./views/network-picture.js";
import "./views/unit-inspector.js";
import "./workshop/status-line.js";
import "./workshop/workshop-end.js";
import "./workshop/class-bar.js";
import "./workshop/join-card.js";
import "./workshop/task-card.js";
import "./workshop/class-words.js";
import "./workshop/class-board.js";
import "./workshop/member-sheet.js";

import { connect } from "./connection.js";
import { listenToKeys } from "./keyboard.js";
import { belong } from "./workshop/belonging.js";
import { seated } from "./workshop/seat.js";

if (seated()) {
  belong();
  listenToKeys();
  connect();
}

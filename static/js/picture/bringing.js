/**
 * Pictures that somebody brings to the page: chosen as a file, dropped anywhere, or pasted. One that can't be read is refused with a
 * sentence, and what is on the pad stays.
 *
 * @typedef {import("../sketch/picture.js").Picture} Picture
 *
 * @typedef {object} Receiver
 * @property {(picture: Picture) => void} take
 * @property {(sentence: string) => void} refuse  empty: nothing is refused any more
 * @property {(isOver: boolean) => void} hover  whether something is held over the page that could be dropped
 */
import { integer } from "../format.js";
import { _ } from "../i18n.js";
import { pictureOf } from "../sketch/picture.js";
import { decode, MOST_BYTES, MOST_PIXELS } from "./decoding.js";

export const ACCEPTED = "image/png,image/jpeg,image/webp";

const FIELDS = "input:not([type=range]), select, textarea, [contenteditable]";
const MILLION = 1_000_000;

export class Bringing {
  #turn = 0;

  /** @param {Receiver} receiver */
  constructor(receiver) {
    this.receiver = receiver;
  }

  /** Listens on the whole page. @returns {() => void} ends it */
  listen() {
    const ending = new AbortController();
    const { signal } = ending;
    document.addEventListener("dragover", (event) => this.#over(event), { signal });
    document.addEventListener("dragleave", (event) => !event.relatedTarget && this.receiver.hover(false), { signal });
    document.addEventListener("drop", (event) => this.#drop(event), { signal });
    document.addEventListener("paste", (event) => this.#paste(event), { signal });
    return () => ending.abort();
  }

  /** Takes the first of some files. @param {Iterable<Blob>} files */
  async bring(files) {
    const [file] = files;
    if (!file) return;
    this.#turn += 1;
    const turn = this.#turn;
    const grey = await decode(file);
    if (turn !== this.#turn) return; // another one was brought meanwhile
    const picture = typeof grey === "string" ? grey : pictureOf(grey);
    if (typeof picture === "string") return this.receiver.refuse(why(picture, file));
    this.receiver.refuse("");
    this.receiver.take(picture);
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (event.defaultPrevented) return this.receiver.hover(false); // it would be dropped somewhere else
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.receiver.hover(true);
  }

  /** @param {DragEvent} event */
  #drop(event) {
    this.receiver.hover(false);
    if (event.defaultPrevented || !event.dataTransfer?.files.length) return;
    event.preventDefault(); // else the browser leaves the page to show it
    void this.bring(event.dataTransfer.files);
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(FIELDS) || !event.clipboardData?.files.length) return;
    event.preventDefault();
    void this.bring(event.clipboardData.files);
  }
}

/** @param {import("./decoding.js").Unreadable | "no_ink" | "all_ink" | "image_side_out_of_range"} problem @param {Blob} file */
function why(problem, file) {
  const name = file instanceof File && file.name ? file.name : _("The picture");
  switch (problem) {
    case "empty":
      return _("{name} is empty.", { name });
    case "unknown":
      return _("{name} is not a picture: its content is neither PNG, JPEG nor WebP.", { name });
    case "too_many_bytes":
      return _("{name} is too large: a picture may have up to {most} MB.", { name, most: integer(MOST_BYTES / 1024 / 1024) });
    case "too_many_pixels":
      return _("{name} is too large: a picture may have up to {most} megapixels.", { name, most: integer(MOST_PIXELS / MILLION) });
    case "broken":
      return _("{name} is damaged: the browser can't decode it.", { name });
    case "all_ink":
      return _("Nothing in {name} can be told from its paper: there must be light and dark.", { name });
    default:
      return _("No ink was found in {name}. A digit on plain paper is seen best.", { name });
  }
}

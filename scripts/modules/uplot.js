// The charts; the import map calls it "uplot".
export { default } from "uplot";

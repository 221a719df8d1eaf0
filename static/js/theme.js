// Runs before the first paint, so that the page never flashes in the other theme; hence no module.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // no storage: the system's theme it is
  }
  if (matchMedia("(forced-colors: active)").matches) chosen = null; // what is drawn stands on the system's ground
  const light = chosen ? chosen === "light" : matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme = light ? "light" : "dark";

  // A projector's page is larger: ?scale=1.25
  const scale = Number(new URLSearchParams(location.search).get("scale"));
  if (scale >= 0.75 && scale <= 2.5) document.documentElement.style.setProperty("--scale", String(scale));
}

// Comfort only: photos are made smaller before they leave, so that they go quickly over a slow line, and are sent as
// soon as they are chosen. What the browser cannot read goes as it is: the server says what is wrong with it.
"use strict";

const LONGEST_SIDE = 1600;
const SMALL_ENOUGH = 400_000;

async function shrunk(file) {
  if (file.size < SMALL_ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const ratio = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * ratio);
    canvas.height = Math.round(picture.height * ratio);
    const paper = canvas.getContext("2d");
    paper.fillStyle = "white";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return made && made.size < file.size ? new File([made], file.name, { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.matches("input[type=file][data-shrink]") || !input.files.length || !window.htmx) return;
  const sent = new DataTransfer();
  for (const file of [...input.files]) sent.items.add(await shrunk(file));
  input.files = sent.files;
  window.htmx.trigger(input, "shrunk");
});

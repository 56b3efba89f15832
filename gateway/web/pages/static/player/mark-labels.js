// Labels on the canvas of a chart. Each is written only where it is readable: inside the chart, and on no line, flag or
// other label.

const HEIGHT_PX = 11;
const GAP_PX = 5;
// Between labels, so that those of a steep line are no block of text.
const SPACE_PX = 8;

export class Labels {
  constructor({ ctx, bbox }, { font, colours }) {
    Object.assign(this, { ctx, bbox, colours, boxes: [], lines: [], height: HEIGHT_PX * devicePixelRatio });
    ctx.font = `${this.height}px ${font}`;
    ctx.textAlign = "left";
  }

  // No later label covers the box.
  keepFree(box) {
    this.boxes.push(box);
  }

  // No later label covers a line through these points, which are ordered by time.
  keepLineFree(points) {
    this.lines.push(points);
  }

  // Writes a label that begins at `x`, and below the top of the chart, if there is space; returns whether there was.
  put(text, x, y, colour) {
    const bottom = Math.max(y, this.bbox.top + this.height);
    const right = x + this.width(text) - GAP_PX * devicePixelRatio;
    const box = { left: x, right, top: bottom - this.height, bottom };
    if (!this.isFree(box)) return false;
    const space = SPACE_PX * devicePixelRatio;
    this.keepFree({ left: box.left - space, right: box.right + space, top: box.top - space, bottom: box.bottom + space });
    this.write(text, box, colour);
    return true;
  }

  isFree(box) {
    const { left, top, width, height } = this.bbox;
    const isInside = box.left >= left && box.right <= left + width && box.top >= top && box.bottom <= top + height;
    return isInside && !this.boxes.some((each) => overlap(each, box)) && !this.lines.some((line) => crosses(line, box));
  }

  // On a background, which hides the bar of a rework.
  write(text, { left, right, top, bottom }, colour) {
    const { ctx, colours } = this;
    const edge = 2 * devicePixelRatio;
    ctx.fillStyle = colours.surface;
    ctx.globalAlpha = 0.85;
    ctx.fillRect(left - edge, top, right - left + 2 * edge, bottom - top + edge);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillText(text, left, bottom);
  }

  // With the space after it.
  width(text) {
    return this.ctx.measureText(text).width + GAP_PX * devicePixelRatio;
  }
}

const overlap = (one, other) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

// Whether a line runs through a box: by the heights of each segment at the sides of the box.
function crosses(points, { left, right, top, bottom }) {
  return points.some(([x, y], index) => {
    const [fromX, fromY] = points[index - 1] ?? [x, y];
    if (x < left || fromX > right) return false;
    const heightAt = (place) => (x === fromX ? y : fromY + ((y - fromY) * (place - fromX)) / (x - fromX));
    const heights = [heightAt(Math.max(left, fromX)), heightAt(Math.min(right, x))];
    return Math.min(...heights) <= bottom && Math.max(...heights) >= top;
  });
}

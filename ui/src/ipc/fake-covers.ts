// Covers for albums that do not exist: flat compositions from a seed, as data URLs.
import { chance } from "./fake-library";

const PALETTES = [
  ["#1b2a41", "#f4a259", "#e8e9eb", "#5b8e7d"],
  ["#f2e8cf", "#bc4749", "#386641", "#1d1d1b"],
  ["#0b090a", "#e5383b", "#f5f3f4", "#a4161a"],
  ["#264653", "#e9c46a", "#e76f51", "#2a9d8f"],
  ["#e0e1dd", "#415a77", "#0d1b2a", "#778da9"],
  ["#3d348b", "#f7b801", "#f18701", "#e6e1f5"],
  ["#d8e2dc", "#ffcad4", "#9d8189", "#5c4b51"],
  ["#101d13", "#7fb069", "#e6aa68", "#ca3c25"],
  ["#faf3dd", "#5e6472", "#aed9e0", "#ffa69e"],
  ["#22223b", "#c9ada7", "#9a8c98", "#f2e9e4"],
];

export function fakeCover(album: number): string {
  const next = chance(album * 7919 + 13);
  const palette = PALETTES[Math.floor(next() * PALETTES.length)]!;
  const [ground, a, b, c] = palette as [string, string, string, string];
  const shapes = [circles, stripes, horizon, blocks, arcs, glow][Math.floor(next() * 6)]!(next, [a, b, c]);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="${ground}"/>${shapes}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

type Colours = [string, string, string];
type Next = () => number;

function circles(next: Next, colours: Colours): string {
  return colours
    .map(
      (fill) =>
        `<circle cx="${20 + next() * 60}" cy="${20 + next() * 60}" r="${10 + next() * 28}" fill="${fill}" opacity=".92"/>`,
    )
    .join("");
}

function stripes(next: Next, colours: Colours): string {
  const tilt = Math.floor(next() * 4) * 45;
  const bars = Array.from({ length: 7 }, (_, i) => {
    return `<rect x="${i * 16 - 10}" y="-40" width="${4 + next() * 10}" height="180" fill="${colours[i % 3]}"/>`;
  });
  return `<g transform="rotate(${tilt} 50 50)">${bars.join("")}</g>`;
}

function horizon(next: Next, [a, b, c]: Colours): string {
  const line = 45 + next() * 25;
  return (
    `<circle cx="${30 + next() * 40}" cy="${line - 6}" r="${12 + next() * 12}" fill="${a}"/>` +
    `<rect y="${line}" width="100" height="60" fill="${b}"/>` +
    `<path d="M0 ${line + 18} Q 30 ${line} 55 ${line + 16} T 100 ${line + 10} V100 H0Z" fill="${c}"/>`
  );
}

function blocks(next: Next, colours: Colours): string {
  let shapes = "";
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      if (next() < 0.55) continue;
      const fill = colours[Math.floor(next() * 3)];
      const round = next() < 0.4 ? 12.5 : 0;
      shapes += `<rect x="${x * 25}" y="${y * 25}" width="25" height="25" rx="${round}" fill="${fill}"/>`;
    }
  }
  return shapes;
}

function arcs(next: Next, colours: Colours): string {
  const [x, y] = [next() < 0.5 ? 0 : 100, next() < 0.5 ? 0 : 100];
  return [90, 66, 42, 20]
    .map(
      (r, i) =>
        `<circle cx="${x}" cy="${y}" r="${r}" fill="none" stroke="${colours[i % 3]}" stroke-width="10"/>`,
    )
    .join("");
}

function glow(next: Next, [a, b, c]: Colours): string {
  const [x, y] = [25 + next() * 50, 25 + next() * 50];
  return (
    `<defs><radialGradient id="g" cx="${x}%" cy="${y}%" r="75%"><stop offset="0" stop-color="${a}"/>` +
    `<stop offset=".55" stop-color="${b}"/><stop offset="1" stop-color="${c}"/></radialGradient></defs>` +
    `<rect width="100" height="100" fill="url(#g)"/><rect x="12" y="84" width="${18 + next() * 30}" height="2" fill="#fff" opacity=".8"/>`
  );
}

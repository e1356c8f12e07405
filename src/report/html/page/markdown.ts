import { element } from "./dom.js";

/**
 * The Markdown of our own rule pages as elements: headings, paragraphs, lists, tables, fenced blocks, and in lines
 * `code`, **strong** and [links](), of which only the text is kept: other pages are not in this file.
 */
export function markdownElements(markdown: string): HTMLElement[] {
  const lines = markdown.split("\n");
  const made: HTMLElement[] = [];
  let at = 0;
  const takeWhile = (isWanted: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && isWanted(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const heading = /^(#{1,4}) (.*)/.exec(line);
    if (line.trim() === "") at++;
    else if (line.startsWith("```")) {
      at++;
      made.push(element("pre", {}, takeWhile((next) => !next.startsWith("```")).join("\n")));
      at++;
    } else if (heading !== null) {
      at++;
      // The page's own headings stand above: a rule's begin with the fourth.
      made.push(element("h4", {}, ...inlineNodes(heading[2]!)));
    } else if (line.startsWith("|")) made.push(table(takeWhile((next) => next.startsWith("|"))));
    else if (isItem(line)) made.push(list(takeWhile((next) => isItem(next) || /^\s+\S/.test(next))));
    else made.push(element("p", {}, ...inlineNodes(takeWhile(isProse).join(" "))));
  }
  return made;
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[((?:[^\]`]|`[^`]*`)+)\]\([^)]*\)/g;

/** A line's text with its code, strong words, and the texts of its links. */
export function inlineNodes(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, found.index));
    const [whole, code, strong, link] = found;
    if (code !== undefined) nodes.push(element("code", {}, code));
    else if (strong !== undefined) nodes.push(element("strong", {}, ...inlineNodes(strong)));
    else nodes.push(...inlineNodes(link ?? ""));
    end = found.index + whole.length;
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

function isItem(line: string): boolean {
  return /^(?:-|\d+\.) /.test(line);
}

function isProse(line: string): boolean {
  return line.trim() !== "" && !/^(?:#{1,4} |```|\|)/.test(line) && !isItem(line);
}

function list(lines: readonly string[]): HTMLElement {
  const items: string[] = [];
  for (const line of lines) {
    if (isItem(line)) items.push(line.replace(/^(?:-|\d+\.) /, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  const made = element(lines[0]!.startsWith("-") ? "ul" : "ol");
  for (const item of items) made.append(element("li", {}, ...inlineNodes(item)));
  return made;
}

function table(lines: readonly string[]): HTMLElement {
  const [head = [], , ...rows] = lines.map((line) =>
    line
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => cell.trim()),
  );
  const body = element("tbody");
  for (const row of rows) {
    body.append(element("tr", {}, ...row.map((cell) => element("td", {}, ...inlineNodes(cell)))));
  }
  const titles = head.map((cell) => element("th", { scope: "col" }, ...inlineNodes(cell)));
  return element(
    "div",
    { class: "scroll" },
    element("table", {}, element("thead", {}, element("tr", {}, ...titles)), body),
  );
}

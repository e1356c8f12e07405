/** What may stand in an element: other nodes, and text, which never becomes markup. */
export type Child = Node | string | null;

type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** An element; attributes that are null or false are left out, true stands for an empty one. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

export function button(text: string, attributes: Attributes, onPress: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", onPress);
  return made;
}

/** Names and values beside each other; values that are null are left out. */
export function factList(facts: readonly (readonly [name: string, value: Child])[]): HTMLElement {
  const list = element("dl", { class: "facts" });
  for (const [name, value] of facts) {
    if (value !== null) list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  }
  return list;
}

// Everything shown is put in as text, never as markup.

export const element = (id) => document.getElementById(id);

/** An element with properties and children; a child that is a string is text. */
export function h(tag, properties = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (value === undefined || value === false) continue;
		if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
		else if (name === 'class') node.className = value;
		else if (name === 'value') node.value = value;
		else node.setAttribute(name, value === true ? '' : value);
	}
	node.append(...children.filter((child) => child !== undefined));
	return node;
}

export function setText(node, text) {
	if (node.textContent !== text) node.textContent = text;
}

export function toast(message) {
	const node = h('div', { class: 'toast' }, message);
	element('toasts').append(node);
	setTimeout(() => node.remove(), 6_000);
}

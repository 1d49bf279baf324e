import { h, toast } from './dom.js';
import { itemName, state, t, unitName } from './state.js';

/** Item, quantity and unit of a line to be; the units follow the item. */
export function lineInputs() {
	const unit = h('select', { 'aria-label': t().unit });
	const item = h(
		'select',
		{ 'aria-label': t().item, onchange: () => fillUnits() },
		h('option', { value: '' }, t().chooseItem),
		...[...state.items.values()].map((known) =>
			h('option', { value: known.code }, `${itemName(known, known.code)} · ${known.code}`),
		),
	);
	const quantity = h('input', { value: '1', inputmode: 'numeric', 'aria-label': t().quantity });
	const fillUnits = () => {
		const known = state.items.get(item.value);
		unit.replaceChildren(
			...(known?.salesUnits ?? ['H87']).map((code) => h('option', { value: code }, unitName(known, code))),
		);
	};
	fillUnits();
	const read = () => {
		if (item.value === '') return undefined;
		if (!/^\d{1,9}$/.test(quantity.value.trim())) {
			toast(t().wrongQuantity);
			return undefined;
		}
		return { item: item.value, quantity: String(Number(quantity.value)), unit: unit.value };
	};
	return { item, quantity, unit, read };
}

import { texts } from './texts.js';

/** What the page knows and shows. */
export const state = {
	language: initialLanguage(),
	/** order id -> { order, event, reservation, answer, stock } */
	views: new Map(),
	/** SKU -> stock level, as last heard */
	stock: new Map(),
	/** ids in the list, newest first */
	listed: [],
	more: false,
	search: '',
	selected: undefined,
	items: new Map(),
	itemByGtin: new Map(),
	itemBySku: new Map(),
	customers: [],
	figures: undefined,
	/** newest first */
	mails: [],
	mailCount: 0,
	selectedMail: undefined,
	eventOpen: false,
};
export const t = () => texts[state.language];

function initialLanguage() {
	const stored = localStorage.getItem('sandbox-language');
	if (stored in texts) return stored;
	return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

export function itemName(item, fallback) {
	return item?.names[state.language] ?? fallback;
}

export function unitName(item, unit) {
	if (unit !== 'XCT') return t().units[unit] ?? unit;
	const pieces =
		item?.conversions.find((conversion) => conversion.unit === 'XCT')?.pieces ??
		item?.warehouse?.units.find((conversion) => conversion.unit === 'XCT')?.factor;
	return pieces === undefined ? t().units.XCT : t().cartonOf(pieces);
}

export function milliseconds(value) {
	return value >= 1000 ? Math.round(value).toLocaleString(state.language) : value.toFixed(1);
}

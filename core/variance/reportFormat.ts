import Big from 'big.js';

/** 1,234.50 CNY: money that people read, to two places. */
export function money(value: string, currency: string): string {
	return `${formatted(new Big(value).toFixed(2), 2)} ${currency}`;
}

export function count(value: number): string {
	return formatted(String(value), 0);
}

/** With separators of thousands, and at least so many places; digits are never rounded away. */
export function formatted(value: string, places: number): string {
	const [whole = '0', decimals = ''] = value.replace('-', '').split('.');
	const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
	const tail = decimals.padEnd(places, '0');
	return `${value.startsWith('-') ? '−' : ''}${grouped}${tail === '' ? '' : `.${tail}`}`;
}

/** Text from the data in HTML, as it is. */
export function escaped(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&#39;');
}

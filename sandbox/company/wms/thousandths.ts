/** Quantities are kept as whole thousandths of the base unit: exact, and below 2^53 for anything a shelf can hold. */
const scale = 1_000;
const largest = 1_000_000_000 * scale;

/** Why a text is no quantity, or its thousandths. */
export function parseQuantity(text: string): number | { problem: string } {
	const match = /^(-?)(\d{1,18})(?:\.(\d{1,10}))?$/.exec(text);
	if (!match) return { problem: `"${text}" is not a decimal number` };
	const [, sign = '', whole = '', fraction = ''] = match;
	const places = fraction.replace(/0+$/, '');
	if (places.length > 3) return { problem: `"${text}" has more than three decimal places` };
	const value = Number(whole) * scale + Number(places.padEnd(3, '0'));
	if (sign === '-' && value > 0) return { problem: `"${text}" is negative` };
	if (value >= largest) return { problem: `"${text}" is not below 1,000,000,000` };
	return value;
}

export function quantityText(thousandths: number): string {
	const sign = thousandths < 0 ? '-' : '';
	const value = Math.abs(thousandths);
	const fraction = value % scale;
	const whole = String((value - fraction) / scale);
	return sign + whole + (fraction === 0 ? '' : `.${String(fraction).padStart(3, '0').replace(/0+$/, '')}`);
}

export function isWhole(thousandths: number): boolean {
	return thousandths % scale === 0;
}

/** GS1 keeps the prefixes 020 to 029 for numbers that are valid within one company only. */
const companyPrefix = '029';

/** The GTIN-13 of the company's `number`th item, with its check digit (GS1 General Specifications, 7.9). */
export function gtinOf(number: number): string {
	const digits = companyPrefix + String(number).padStart(9, '0');
	const sum = [...digits].reduce(
		(total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3),
		0,
	);
	return digits + String((10 - (sum % 10)) % 10);
}

import { Gtin } from './references';

/** What is to be known of a number that should be a GTIN. */
export interface GtinCheck {
	/** as given, without spaces and hyphens */
	gtin: string;
	valid: boolean;
	/** every problem; absent when valid */
	problem?: string;
	/** by the number of digits; absent when that is none of the four */
	format?: 'GTIN-8' | 'GTIN-12' | 'GTIN-13' | 'GTIN-14';
	/** all formats in one length, for comparing (GS1 General Specifications, 3.3); absent when not valid */
	gtin14?: string;
	/** the last digit as it should be (GS1 General Specifications, 7.9); absent when the number has no valid length */
	checkDigit?: string;
}

/** Judges a number as GTIN-8, -12, -13 or -14. Spaces and hyphens, as printed under bar codes, do not count. */
export function checkGtin(written: string): GtinCheck {
	const gtin = written.replaceAll(/[\s-]/g, '');
	const parsed = Gtin.safeParse(gtin);
	const hasLength = /^(\d{8}|\d{12,14})$/.test(gtin);
	return {
		gtin,
		valid: parsed.success,
		...(parsed.success
			? { gtin14: gtin.padStart(14, '0') }
			: { problem: [...new Set(parsed.error.issues.map(({ message }) => message))].join('; ') }),
		...(hasLength
			? {
					format: `GTIN-${gtin.length}` as GtinCheck['format'] & string,
					checkDigit: checkDigitOf(gtin.slice(0, -1)),
				}
			: {}),
	};
}

function checkDigitOf(digits: string): string {
	const sum = [...digits]
		.reverse()
		.reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
	return String((10 - (sum % 10)) % 10);
}

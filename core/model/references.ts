import { z } from 'zod/v4';

/** A system's own identifier of a record. */
export const Key = z
	.string()
	.min(1)
	.max(200)
	.refine(
		(text) => text === text.trim() && !hasControlCharacter(text),
		'must not have control characters or outer spaces',
	);

/** Free text for people. */
export const Text = z.string().max(500);

/** The name under which a connected system is known in events and in the crosswalk, such as `sandbox-erp`. */
export const SystemName = z
	.string()
	.regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens');

/** A unit of measure as UN/ECE Recommendation 20 and 21 code it: `H87` piece, `XCT` carton, `KGM` kilogram. */
export const UnitCode = z
	.string()
	.regex(/^[A-Z0-9]{2,3}$/, 'must be a UN/ECE unit code, such as H87 (piece) or XCT (carton)');
export type UnitCode = z.infer<typeof UnitCode>;

/** GTIN-8, -12, -13 or -14 with a right check digit (GS1 General Specifications, 7.9). */
export const Gtin = z
	.string()
	.regex(/^(\d{8}|\d{12,14})$/, 'must have 8, 12, 13 or 14 digits')
	.refine(hasRightCheckDigit, 'has a wrong check digit');

/** An item in its system's own code, with the number that the whole trade shares where it is known. */
export const ItemReference = z.object({ code: Key, gtin: Gtin.optional(), name: Text.optional() });
export type ItemReference = z.infer<typeof ItemReference>;

/** A customer or supplier in its system's own code. */
export const PartnerReference = z.object({ code: Key, name: Text.optional() });
export type PartnerReference = z.infer<typeof PartnerReference>;

export const CurrencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code');

/** Auxiliary dimensions of accounting: codes by dimension, such as `costCentre`, `profitCentre`, `project`, `sourceOfFunds`. */
export const Dimensions = z.record(z.string().min(1).max(100), z.string().min(1).max(200));
export type Dimensions = z.infer<typeof Dimensions>;

/** Changes whenever the record does; sent back as the expected version. Absent where a system keeps none. */
export const Revision = z.string().min(1).max(200);

function hasControlCharacter(text: string): boolean {
	for (const character of text) {
		const code = character.codePointAt(0) ?? 0;
		if (code < 0x20 || code === 0x7f) return true;
	}
	return false;
}

function hasRightCheckDigit(gtin: string): boolean {
	const digits = [...gtin].map(Number).reverse();
	const sum = digits.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3), 0);
	return sum % 10 === 0;
}

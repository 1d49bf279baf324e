import { z } from 'zod/v4';

import { PartnerDraft, type Partner } from '../../core/model/partner';
import type { CodedRecord } from './codedWrites';
import { timestampsOf } from './documentReading';
import { taxIdentifier, type Partners, type ReadParty } from './partners';
import type { WrittenKind } from './recordWrites';
import type { Context, TrytonSession } from './session';

const partyModel = 'party.party';

interface PartyRecord extends CodedRecord<'partner'> {
	rows: ReadParty['rows'];
}

/** What partners are made of in Tryton: parties with their first e-mail, phone, address and European VAT number, and the terms on which they are paid. */
export class PartnerValues {
	constructor(
		private readonly session: TrytonSession,
		private readonly partners: Partners,
	) {}

	written(): WrittenKind<'partner', PartyRecord> {
		return {
			entity: 'partner',
			name: 'partner',
			model: partyModel,
			Draft: PartnerDraft,
			read: (code) => this.read(code),
			newValues: (draft, problems) => this.newValues(draft, problems),
			differences: (changes, present, problems) => this.differences(changes, present, problems),
		};
	}

	private async read(code: string): Promise<PartyRecord | undefined> {
		const Stamped = z.object({ id: z.number().int(), _timestamp: z.string().nullable() });
		const stamps = await this.session.search(partyModel, Stamped, [['code', '=', code]], {
			context: { active_test: false },
		});
		const [party] = await this.partners.withCode(code);
		if (party === undefined) return undefined;
		const { id, active, partner, rows } = party;
		return { id, active, timestamps: timestampsOf(partyModel, stamps), record: partner, rows };
	}

	private async newValues(draft: PartnerDraft, problems: string[]): Promise<Context> {
		const { code, name } = draft;
		if (name === undefined) problems.push('name: it is missing');
		return { code, name, ...(await this.partValues(draft, {}, problems)) };
	}

	private async differences(
		changes: Partial<PartnerDraft>,
		{ record, rows }: PartyRecord,
		problems: string[],
	): Promise<Context> {
		if (record instanceof Error) throw record;
		const { code, name, email, phone, taxId, supplierPaymentTerms, address } = changes;
		if (code !== undefined && code !== record.code) {
			problems.push('code: other records name the partner by it, so it cannot change here');
		}
		const changed: Partial<PartnerDraft> = {
			...(changes.roles === undefined ? {} : { roles: changes.roles }),
			...(email === undefined || email === record.email ? {} : { email }),
			...(phone === undefined || phone === record.phone ? {} : { phone }),
			...(taxId === undefined || taxId === record.taxId ? {} : { taxId }),
			...(supplierPaymentTerms === undefined || supplierPaymentTerms === record.supplierPaymentTerms
				? {}
				: { supplierPaymentTerms }),
			...(address === undefined || sameAddress(address, record.address) ? {} : { address }),
		};
		const parts = await this.partValues(changed, rows, problems);
		return { ...(name === undefined || name === record.name ? {} : { name }), ...parts };
	}

	/** The given parts as rows that are made, or written where there is one. */
	private async partValues(
		{ roles = [], email, phone, taxId, supplierPaymentTerms, address }: Partial<PartnerDraft>,
		rows: ReadParty['rows'],
		problems: string[],
	): Promise<Context> {
		if (roles.length > 0) {
			problems.push('roles: Tryton does not keep whether a party buys or sells; leave them out');
		}
		const made = (id: number | undefined, values: Context, beside: Context = {}) =>
			id === undefined ? ['create', [{ ...values, ...beside }]] : ['write', [id], values];
		const contacts = [
			...(email === undefined ? [] : [made(rows.email, { value: email }, { type: 'email' })]),
			...(phone === undefined ? [] : [made(rows.phone, { value: phone }, { type: 'phone' })]),
		];
		return {
			...(contacts.length === 0 ? {} : { contact_mechanisms: contacts }),
			...(taxId === undefined
				? {}
				: { identifiers: [made(rows.taxId, { code: taxId }, { type: taxIdentifier })] }),
			...(supplierPaymentTerms === undefined
				? {}
				: { supplier_payment_term: await this.paymentTerm(supplierPaymentTerms, problems) }),
			...(address === undefined
				? {}
				: { addresses: [made(rows.address, await this.addressValues(address, problems))] }),
		};
	}

	private async paymentTerm(name: string, problems: string[]): Promise<number | undefined> {
		const Term = z.object({ id: z.number().int() });
		const found = await this.session.search('account.invoice.payment_term', Term, [['name', '=', name]]);
		if (found.length === 1) return found[0]?.id;
		problems.push(
			found.length === 0
				? `supplierPaymentTerms: there is no payment term "${name}" in Tryton`
				: `supplierPaymentTerms: ${found.length} payment terms in Tryton are called "${name}"; rename all but one`,
		);
		return undefined;
	}

	/** Of an address, the parts that are given. */
	private async addressValues(
		{ street, postalCode, city, country }: NonNullable<Partner['address']>,
		problems: string[],
	): Promise<Context> {
		const Country = z.object({ id: z.number().int() });
		const [found] =
			country === undefined
				? []
				: await this.session.search('country.country', Country, [['code', '=', country]]);
		if (country !== undefined && found === undefined) {
			problems.push(
				`address.country: there is no country ${country} in Tryton; import its list of countries`,
			);
		}
		return {
			...(street === undefined ? {} : { street }),
			...(postalCode === undefined ? {} : { postal_code: postalCode }),
			...(city === undefined ? {} : { city }),
			...(found === undefined ? {} : { country: found.id }),
		};
	}
}

function sameAddress(given: NonNullable<Partner['address']>, present: Partner['address'] = {}): boolean {
	return (['street', 'postalCode', 'city', 'country'] as const).every(
		(part) => given[part] === undefined || given[part] === present[part],
	);
}

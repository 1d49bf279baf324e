import { z } from 'zod/v4';

import { Partner } from '../../core/model/partner';
import { ValidationError } from '../../core/ports/errors';
import type { ChangeCursor, ChangePage, ListQuery } from '../../core/ports/systemConnector';
import { captureChanges } from './changeCapture';
import { changedAfter, contains } from './criteria';
import { problemsOf } from './problems';
import type { Domain, TrytonSession } from './session';
import { Flag, Instant, lastChange, microsecondsOf } from './values';

const PartyRow = z.object({
	id: z.number().int(),
	code: z.string().nullable(),
	name: z.string().nullable(),
	active: Flag,
	create_date: Instant,
	write_date: Instant.nullable(),
	'supplier_payment_term.': z.object({ name: z.string() }).nullish(),
});
type PartyRow = z.infer<typeof PartyRow>;

/** What a party is read with, beside its own fields. */
const related = ['supplier_payment_term.name'];

const ContactRow = z.object({
	id: z.number().int(),
	party: z.number().int(),
	type: z.string(),
	value: z.string().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
});
type ContactRow = z.infer<typeof ContactRow>;

const AddressRow = z.object({
	id: z.number().int(),
	party: z.number().int(),
	street: z.string().nullable(),
	postal_code: z.string().nullable(),
	city: z.string().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
	'country.': z.object({ code: z.string() }).nullish(),
});
type AddressRow = z.infer<typeof AddressRow>;

const IdentifierRow = z.object({
	id: z.number().int(),
	party: z.number().int(),
	code: z.string(),
	create_date: Instant,
	write_date: Instant.nullable(),
});
type IdentifierRow = z.infer<typeof IdentifierRow>;

/** Tryton's kind of identifier that bears the country's prefix. */
export const taxIdentifier = 'eu_vat';

/** The rows that belong to one party. */
interface PartyParts {
	contacts: ContactRow[];
	addresses: AddressRow[];
	identifiers: IdentifierRow[];
}

const defaultPageSize = 500;

/** A party as a partner, or why it is none. */
export interface ReadParty {
	id: number;
	active: boolean;
	changedAt: Instant;
	key: string;
	partner: Partner | ValidationError;
	/** numbers of the rows from which the partner's contacts, address and tax number come; absent where there is none */
	rows: { email?: number; phone?: number; address?: number; taxId?: number };
}

/** Codes after this one in Tryton's order of parties: by length, then by character. Each `_` stands for one character. */
function codeAfter(code: string): Domain {
	const length = [...code].length;
	return [
		'OR',
		[
			['code', 'like', '_'.repeat(length)],
			['code', '>', code],
		],
		['code', 'like', `${'_'.repeat(length + 1)}%`],
	];
}

/** Parties as partners, by code. Tryton does not say whether one buys or sells, so the roles stay empty. */
export class Partners {
	constructor(
		private readonly session: TrytonSession,
		private readonly overlapSeconds?: number,
	) {}

	async get(codes: string[]): Promise<Map<string, Partner>> {
		const rows = await this.session.searchIn('party.party', PartyRow, 'code', codes, [], { related });
		const partners = new Map<string, Partner>();
		for (const { partner } of await this.complete(rows)) {
			if (!(partner instanceof Error)) partners.set(partner.code, partner);
			else if (codes.length === 1) throw partner;
		}
		return partners;
	}

	/** Parties that cannot be expressed are left out; `changes` names them. */
	async *list(query: ListQuery = {}): AsyncGenerator<Partner[]> {
		const { pageSize = defaultPageSize, search, changedSince } = query;
		const domain: Domain = [];
		if (search !== undefined) domain.push(['OR', contains('code', search), contains('name', search)]);
		if (changedSince !== undefined) {
			domain.push([
				'OR',
				changedAfter(changedSince),
				...['contact_mechanisms', 'addresses', 'identifiers'].map((parts) => [
					parts,
					'where',
					changedAfter(changedSince),
				]),
			]);
		}
		for (let last = ''; ; ) {
			const rows = await this.session.search('party.party', PartyRow, [codeAfter(last), ...domain], {
				related,
				order: [['code', 'ASC']],
				limit: pageSize,
			});
			const page = (await this.complete(rows)).map(({ partner }) => partner);
			const partners = page.filter((partner): partner is Partner => !(partner instanceof Error));
			if (partners.length > 0) yield partners;
			const final = rows.at(-1);
			if (final === undefined || rows.length < pageSize) return;
			last = final.code ?? '';
		}
	}

	changes(cursor?: ChangeCursor): AsyncGenerator<ChangePage<Partner>> {
		return captureChanges<Partner>(
			{
				session: this.session,
				sources: [
					{ mark: 'p', model: 'party.party', owner: 'id' },
					{ mark: 'c', model: 'party.contact_mechanism', owner: 'party' },
					{ mark: 'a', model: 'party.address', owner: 'party' },
					{ mark: 'i', model: 'party.identifier', owner: 'party', domain: [['type', '=', taxIdentifier]] },
				],
				read: async (ids) =>
					(await this.withIds(ids)).map(({ id, active, key, changedAt, partner }) => ({
						id,
						change: {
							key,
							changedAt,
							version: microsecondsOf(changedAt),
							...(!active ? {} : partner instanceof Error ? { problem: partner } : { record: partner }),
						},
					})),
				...(this.overlapSeconds === undefined ? {} : { overlapSeconds: this.overlapSeconds }),
			},
			cursor,
		);
	}

	/** Parties with this code, also those that were set aside. */
	async withCode(code: string): Promise<ReadParty[]> {
		return this.complete(
			await this.session.search('party.party', PartyRow, [['code', '=', code]], {
				related,
				context: { active_test: false },
			}),
		);
	}

	private async withIds(ids: number[]): Promise<ReadParty[]> {
		return this.complete(
			await this.session.searchIn('party.party', PartyRow, 'id', ids, [], {
				related,
				order: [['id', 'ASC']],
				context: { active_test: false },
			}),
		);
	}

	private async complete(rows: PartyRow[]): Promise<ReadParty[]> {
		const ids = rows.map(({ id }) => id);
		const partsOf = async <T extends z.ZodObject>(
			model: string,
			schema: T,
			options: { domain?: Domain; order?: string; related?: string[] } = {},
		) => {
			const { domain = [], order, related = [] } = options;
			const found = await this.session.searchIn(model, schema, 'party', ids, domain, {
				related,
				order: [...(order === undefined ? [] : [[order, 'ASC'] as ['string', 'ASC']]), ['id', 'ASC']],
			});
			return Map.groupBy(found, (row) => (row as unknown as { party: number }).party);
		};
		const contacts = await partsOf('party.contact_mechanism', ContactRow);
		const addresses = await partsOf('party.address', AddressRow, {
			order: 'sequence',
			related: ['country.code'],
		});
		const identifiers = await partsOf('party.identifier', IdentifierRow, {
			domain: [['type', '=', taxIdentifier]],
		});
		return rows.map((row) =>
			this.read(row, {
				contacts: contacts.get(row.id) ?? [],
				addresses: addresses.get(row.id) ?? [],
				identifiers: identifiers.get(row.id) ?? [],
			}),
		);
	}

	private read(row: PartyRow, { contacts, addresses, identifiers }: PartyParts): ReadParty {
		const contact = (type: string) => contacts.find((one) => one.type === type);
		const email = contact('email');
		const phone = contact('phone') ?? contact('mobile');
		const [address] = addresses;
		const [taxId] = identifiers;
		const stamps = [row, ...contacts, ...addresses, ...identifiers].map(lastChange).sort();
		const changedAt = stamps.at(-1) ?? '';
		const parsed = Partner.safeParse({
			code: row.code,
			name: row.name ?? undefined,
			taxId: taxId?.code,
			supplierPaymentTerms: row['supplier_payment_term.']?.name,
			email: email?.value ?? undefined,
			phone: phone?.value ?? undefined,
			address: address === undefined ? undefined : addressOf(address),
			revision: String(microsecondsOf(changedAt)),
		});
		const key = row.code ?? String(row.id);
		const { id, active } = row;
		return {
			id,
			active,
			key,
			changedAt,
			rows: {
				...(email === undefined ? {} : { email: email.id }),
				...(phone === undefined ? {} : { phone: phone.id }),
				...(address === undefined ? {} : { address: address.id }),
				...(taxId === undefined ? {} : { taxId: taxId.id }),
			},
			partner: parsed.success
				? (JSON.parse(JSON.stringify(parsed.data)) as Partner)
				: new ValidationError(
						`Party ${id} ("${row.name}") of ${this.session.system} is no partner: ${problemsOf(parsed.error, { code: 'it has no code' })}`,
						this.session.about({ entity: 'partner', key, hint: 'Correct the party in Tryton.' }),
					),
		};
	}
}

/** Each party has an address from the beginning, which may be empty. */
function addressOf({ street, postal_code, city, 'country.': country }: AddressRow): Partner['address'] {
	const address = {
		...(street ? { street } : {}),
		...(postal_code ? { postalCode: postal_code } : {}),
		...(city ? { city } : {}),
		...(country ? { country: country.code } : {}),
	};
	return Object.keys(address).length === 0 ? undefined : address;
}

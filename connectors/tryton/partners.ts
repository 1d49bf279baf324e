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
});
type PartyRow = z.infer<typeof PartyRow>;

const ContactRow = z.object({
	id: z.number().int(),
	party: z.number().int(),
	type: z.string(),
	value: z.string().nullable(),
	create_date: Instant,
	write_date: Instant.nullable(),
});
type ContactRow = z.infer<typeof ContactRow>;

const defaultPageSize = 500;

/** A party as a partner, or why it is none. */
interface ReadParty {
	id: number;
	active: boolean;
	changedAt: Instant;
	key: string;
	partner: Partner | ValidationError;
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
		const rows = await this.session.searchIn('party.party', PartyRow, 'code', codes, []);
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
				['contact_mechanisms', 'where', changedAfter(changedSince)],
			]);
		}
		for (let last = ''; ; ) {
			const rows = await this.session.search('party.party', PartyRow, [codeAfter(last), ...domain], {
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

	private async withIds(ids: number[]): Promise<ReadParty[]> {
		return this.complete(
			await this.session.searchIn('party.party', PartyRow, 'id', ids, [], {
				order: [['id', 'ASC']],
				context: { active_test: false },
			}),
		);
	}

	private async complete(rows: PartyRow[]): Promise<ReadParty[]> {
		const contacts = await this.session.searchIn(
			'party.contact_mechanism',
			ContactRow,
			'party',
			rows.map(({ id }) => id),
			[],
			{ order: [['id', 'ASC']] },
		);
		const byParty = Map.groupBy(contacts, ({ party }) => party);
		return rows.map((row) => this.read(row, byParty.get(row.id) ?? []));
	}

	private read(row: PartyRow, contacts: ContactRow[]): ReadParty {
		const contact = (type: string) => contacts.find((one) => one.type === type)?.value ?? undefined;
		const parsed = Partner.safeParse({
			code: row.code,
			name: row.name ?? undefined,
			email: contact('email'),
			phone: contact('phone') ?? contact('mobile'),
		});
		const key = row.code ?? String(row.id);
		const stamps = [row, ...contacts].map(lastChange).sort();
		const { id, active } = row;
		return {
			id,
			active,
			key,
			changedAt: stamps.at(-1) ?? '',
			partner: parsed.success
				? (JSON.parse(JSON.stringify(parsed.data)) as Partner)
				: new ValidationError(
						`Party ${id} ("${row.name}") of ${this.session.system} is no partner: ${problemsOf(parsed.error, { code: 'it has no code' })}`,
						this.session.about({ entity: 'partner', key, hint: 'Correct the party in Tryton.' }),
					),
		};
	}
}

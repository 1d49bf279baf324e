import { BridgeError, ConflictError, NotFoundError } from '../../core/ports/errors';
import type {
	CreateRequest,
	Drafts,
	Entities,
	Outcome,
	UpsertRequest,
} from '../../core/ports/systemConnector';
import { madeOnce } from './madeOnce';
import { RecordWrites, type PresentRecord } from './recordWrites';

export type CodedEntity = 'item' | 'partner';

/** A record that people find by its code, as Tryton has it. */
export interface CodedRecord<E extends CodedEntity> extends PresentRecord {
	/** false for one that was set aside */
	active: boolean;
	/** the canonical record, or why it is none */
	record: Entities[E] | BridgeError;
}

/** Makes and changes records by their code. The code is what makes a repeated request the same record; Tryton keeps no other key of them. */
export class CodedWrites<E extends CodedEntity, R extends CodedRecord<E>> extends RecordWrites<E, R> {
	/** A record with this code that is there already must be as the draft says. */
	async create(requests: Array<CreateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ draft }) => draft.code,
			async ({ draft }) => {
				const present = await this.made(draft);
				if (Object.keys(await this.differences(draft, present)).length > 0) {
					throw new ConflictError(
						`${this.session.system} has another ${this.kind.name} with the code "${draft.code}".`,
						this.session.about({
							hint: 'Change it with Create or Update, or give the new one another code.',
						}),
					);
				}
				return this.expressed(present);
			},
		);
	}

	async upsert(requests: Array<UpsertRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ draft }) => draft.code,
			async ({ draft, expectedVersion }) => {
				if (expectedVersion === undefined) await this.made(draft);
				return await this.alter(draft.code, draft, expectedVersion);
			},
		);
	}

	protected keyOf({ code }: Entities[E]): string {
		return code;
	}

	protected expressed({ record }: R): Entities[E] {
		if (record instanceof BridgeError) throw record;
		return record;
	}

	protected async existing(code: string): Promise<R> {
		const found = await this.inUse(code);
		if (found !== undefined) return found;
		throw new NotFoundError(
			`${this.session.system} has no ${this.kind.name} "${code}".`,
			this.session.about({ hint: 'Give its code, as it stands in Tryton.' }),
		);
	}

	/** The record with the draft's code, made from the draft where there is none. */
	private async made(given: Drafts[E]): Promise<R> {
		const draft = this.checked(given) as Drafts[E];
		return await madeOnce(this.session, {
			turn: `${this.kind.model} ${draft.code}`,
			find: async () => await this.inUse(draft.code),
			make: async () => await this.make(draft),
		});
	}

	/** A second one with the code of one that was set aside would be taken for it as soon as that comes back. */
	private async inUse(code: string): Promise<R | undefined> {
		const found = await this.kind.read(code);
		if (found === undefined || found.active) return found;
		throw new ConflictError(
			`The ${this.kind.name} "${code}" of ${this.session.system} is set aside.`,
			this.session.about({ hint: 'Activate it in Tryton, then repeat.' }),
		);
	}
}

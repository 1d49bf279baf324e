import type { z } from 'zod/v4';

import {
	BridgeError,
	ConflictError,
	NotFoundError,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';
import type {
	CreateRequest,
	Drafts,
	Entities,
	Outcome,
	UpdateRequest,
	UpsertRequest,
} from '../../core/ports/systemConnector';
import { expectVersion } from './documentActions';
import { madeOnce } from './madeOnce';
import { inTurn } from './match/turns';
import { outcomesOf } from './outcomes';
import { problemsOf } from './problems';
import type { Context, TrytonSession } from './session';

export type CodedEntity = 'item' | 'partner';

/** A record that people find by its code, as Tryton has it. */
export interface CodedRecord<E extends CodedEntity> {
	/** number of the row that a change is written to */
	id: number;
	active: boolean;
	timestamps: Record<string, string>;
	/** the canonical record, or why it is none */
	record: Entities[E] | BridgeError;
}

/** How records of one kind are made and changed. Every problem goes into `problems`, by the field's name. */
export interface CodedKind<E extends CodedEntity, R extends CodedRecord<E>> {
	entity: E;
	/** as people say it */
	name: string;
	/** what is made and written */
	model: string;
	Draft: z.ZodObject & z.ZodType<Drafts[E]>;
	/** one record by its code, also one that was set aside; absent where there is none */
	read(code: string): Promise<R | undefined>;
	newValues(draft: Drafts[E], problems: string[]): Promise<Context>;
	/** What is to be written so that the record reads as the changes say; nothing where it does already. */
	differences(changes: Partial<Drafts[E]>, present: R, problems: string[]): Promise<Context>;
}

/** Makes and changes records by their code. The code is what makes a repeated request the same record; Tryton keeps no other key of them. */
export class CodedWrites<E extends CodedEntity, R extends CodedRecord<E>> {
	constructor(
		private readonly session: TrytonSession,
		private readonly kind: CodedKind<E, R>,
	) {}

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

	async update(requests: Array<UpdateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ key }) => key,
			async ({ key, changes, expectedVersion }) => await this.alter(key, changes, expectedVersion),
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

	private async each<Q>(
		requests: Q[],
		keyOf: (request: Q) => string,
		work: (request: Q) => Promise<Entities[E]>,
	): Promise<Array<Outcome<Entities[E]>>> {
		return await outcomesOf(this.kind.entity, requests, { request: keyOf, record: ({ code }) => code }, work);
	}

	/** The record with the draft's code, made from the draft where there is none. */
	private async made(given: Drafts[E]): Promise<R> {
		const draft = this.checked(given) as Drafts[E];
		const { model, read, newValues } = this.kind;
		return await madeOnce(this.session, {
			turn: `${model} ${draft.code}`,
			find: async () => this.inUse(draft.code, await read(draft.code)),
			make: async () => {
				const problems: string[] = [];
				const values = await newValues(draft, problems);
				this.refuseIf(problems);
				await this.session.create(model, [values]);
			},
		});
	}

	private async alter(
		code: string,
		given: Partial<Drafts[E]>,
		expectedVersion: string | undefined,
	): Promise<Entities[E]> {
		const changes = this.checked(given, true);
		const { model } = this.kind;
		return await inTurn(`${this.session.address} ${model} ${code}`, async () => {
			const before = await this.existing(code);
			const record = this.expressed(before);
			const { revision } = record;
			expectVersion(
				this.session,
				this.kind,
				{ key: code, ...(revision === undefined ? {} : { revision }) },
				expectedVersion,
			);
			const values = await this.differences(changes, before);
			if (Object.keys(values).length === 0) return record;
			try {
				await this.session.call(`model.${model}.write`, [[before.id], values], {
					_timestamp: before.timestamps,
				});
			} catch (error) {
				if (!(error instanceof UnavailableError) || !(await this.isDone(code, changes))) throw error;
			}
			return this.expressed(await this.existing(code));
		});
	}

	/** Whether the change went through although its answer did not come. */
	private async isDone(code: string, changes: Partial<Drafts[E]>): Promise<boolean> {
		try {
			return Object.keys(await this.differences(changes, await this.existing(code))).length === 0;
		} catch {
			return false;
		}
	}

	private async differences(changes: Partial<Drafts[E]>, present: R): Promise<Context> {
		const problems: string[] = [];
		const values = await this.kind.differences(changes, present, problems);
		this.refuseIf(problems);
		return values;
	}

	private async existing(code: string): Promise<R> {
		const found = this.inUse(code, await this.kind.read(code));
		if (found !== undefined) return found;
		throw new NotFoundError(
			`${this.session.system} has no ${this.kind.name} "${code}".`,
			this.session.about({ hint: 'Give its code, as it stands in Tryton.' }),
		);
	}

	/** A second one with the code of one that was set aside would be taken for it as soon as that comes back. */
	private inUse(code: string, found: R | undefined): R | undefined {
		if (found === undefined || found.active) return found;
		throw new ConflictError(
			`The ${this.kind.name} "${code}" of ${this.session.system} is set aside.`,
			this.session.about({ hint: 'Activate it in Tryton, then repeat.' }),
		);
	}

	private expressed({ record }: R): Entities[E] {
		if (record instanceof BridgeError) throw record;
		return record;
	}

	private checked(given: Partial<Drafts[E]>, partial = false): Partial<Drafts[E]> {
		const { Draft } = this.kind;
		const parsed = (partial ? Draft.partial() : Draft).safeParse(given);
		if (!parsed.success) throw this.refusal([problemsOf(parsed.error).replace(/\.$/, '')]);
		return parsed.data as Partial<Drafts[E]>;
	}

	private refuseIf(problems: string[]): void {
		if (problems.length > 0) throw this.refusal(problems);
	}

	private refusal(problems: string[]): ValidationError {
		return new ValidationError(
			`${this.session.system} cannot take this ${this.kind.name}: ${problems.join('; ')}.`,
			this.session.about({ hint: 'Correct the record and send it again.' }),
		);
	}
}

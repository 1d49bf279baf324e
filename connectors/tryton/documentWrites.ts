import type { z } from 'zod/v4';

import { ConflictError, UnavailableError, ValidationError } from '../../core/ports/errors';
import type {
	CreateRequest,
	Drafts,
	Entities,
	Outcome,
	UpdateRequest,
	UpsertRequest,
} from '../../core/ports/systemConnector';
import { existingDocument, expectVersion, titled } from './documentActions';
import { expressed, type ReadDocument } from './documentReading';
import { keyedDocument, madeOnce } from './madeOnce';
import { inTurn } from './match/turns';
import { outcomesOf } from './outcomes';
import { problemsOf } from './problems';
import type { Context, TrytonSession } from './session';

export type WrittenEntity = 'salesOrder' | 'purchaseOrder' | 'invoice';

/** How documents of one kind are made and changed. */
export interface WrittenKind<E extends WrittenEntity, R extends ReadDocument<Entities[E]>> {
	entity: E;
	/** as people say it in Tryton */
	name: string;
	model: string;
	Draft: z.ZodObject & z.ZodType<Drafts[E]>;
	/** one document by its key; absent where there is none */
	read(key: string): Promise<R | undefined>;
	/** What a new one is made of, beside its reference. Every problem goes into `problems`, by the field's name. */
	newValues(draft: Drafts[E], problems: string[]): Promise<Context>;
	/** What is to be written so that the document reads as the changes say; nothing where it does already. */
	differences(changes: Partial<Drafts[E]>, present: R, problems: string[]): Promise<Context>;
	/** Does what Tryton leaves undone when a document is made; whether there was anything to do. */
	settle?(made: R): Promise<boolean>;
}

/**
 * Makes and changes documents. The idempotency key stands in the document's reference, which is indexed and which people see;
 * the number that it has at its origin in its description, since Tryton numbers documents itself. What is not given
 * (addresses, payment term, taxes, price) is what Tryton's own form would fill in.
 */
export class DocumentWrites<E extends WrittenEntity, R extends ReadDocument<Entities[E]>> {
	constructor(
		private readonly session: TrytonSession,
		private readonly kind: WrittenKind<E, R>,
	) {}

	async create(requests: Array<CreateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ idempotencyKey }) => idempotencyKey,
			async ({ idempotencyKey, draft }) => await this.make(idempotencyKey, draft),
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
			({ idempotencyKey }) => idempotencyKey,
			async ({ idempotencyKey, draft, expectedVersion }) => {
				if (expectedVersion !== undefined) await this.expectThere(idempotencyKey);
				const { key } = await this.make(idempotencyKey, draft);
				return await this.alter(key, draft, expectedVersion);
			},
		);
	}

	private async each<Q>(
		requests: Q[],
		keyOf: (request: Q) => string,
		work: (request: Q) => Promise<Entities[E]>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const { entity } = this.kind;
		return await outcomesOf(entity, requests, { request: keyOf, record: ({ key }) => key }, work);
	}

	private async make(idempotencyKey: string, given: Drafts[E]): Promise<Entities[E]> {
		const draft = this.checked(given) as Drafts[E];
		const { model } = this.kind;
		const id = await madeOnce(this.session, {
			turn: `${model} key ${idempotencyKey}`,
			find: async () => await this.keyed(idempotencyKey),
			make: async () => {
				const problems: string[] = [];
				const values = await this.kind.newValues(draft, problems);
				this.refuseIf(problems);
				await this.session.create(model, [{ ...values, reference: idempotencyKey }]);
			},
		});
		const made = await this.existing(String(id));
		const settled = await this.kind.settle?.(made);
		return expressed<Entities[E]>(settled === true ? await this.existing(String(id)) : made);
	}

	private async alter(
		key: string,
		given: Partial<Drafts[E]>,
		expectedVersion: string | undefined,
	): Promise<Entities[E]> {
		const changes = this.checked(given, true);
		const { model, name } = this.kind;
		return await inTurn(`${this.session.address} ${model} ${key}`, async () => {
			const before = await this.existing(key);
			const document = expressed<Entities[E]>(before);
			expectVersion(this.session, this.kind, document, expectedVersion);
			const values = await this.differences(changes, before);
			if (Object.keys(values).length === 0) return document;
			if (before.state !== 'draft') {
				throw new ConflictError(
					`${titled(name)} ${document.number ?? key} of ${this.session.system} is ${before.state} in Tryton; only a draft can change.`,
					this.session.about({ hint: `Set the ${name} back to draft in Tryton, or change it there.` }),
				);
			}
			try {
				await this.session.call(`model.${model}.write`, [[before.id], values], {
					_timestamp: before.timestamps,
				});
			} catch (error) {
				if (!(error instanceof UnavailableError) || !(await this.isDone(key, changes))) throw error;
			}
			return expressed<Entities[E]>(await this.existing(key));
		});
	}

	/** Whether the change went through although its answer did not come. */
	private async isDone(key: string, changes: Partial<Drafts[E]>): Promise<boolean> {
		try {
			return Object.keys(await this.differences(changes, await this.existing(key))).length === 0;
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

	/** What nobody made yet has no revision that could be expected. */
	private async expectThere(idempotencyKey: string): Promise<void> {
		if ((await this.keyed(idempotencyKey)) !== undefined) return;
		throw new ConflictError(
			`${this.session.system} has no ${this.kind.name} that was made under the key "${idempotencyKey}".`,
			this.session.about({ hint: 'Leave the expected revision empty to make it.' }),
		);
	}

	private async keyed(idempotencyKey: string): Promise<number | undefined> {
		return await keyedDocument(this.session, this.kind.model, ['reference', '=', idempotencyKey]);
	}

	private async existing(key: string): Promise<R> {
		return await existingDocument<Entities[E], R>(this.session, this.kind, key);
	}

	private checked(given: Partial<Drafts[E]>, partial = false): Partial<Drafts[E]> {
		const { Draft } = this.kind;
		const parsed = (partial ? Draft.partial() : Draft).safeParse(given);
		if (!parsed.success) throw this.refusal([problemsOf(parsed.error).replace(/\.$/, '')]);
		this.refuseIf(dimensionProblems(parsed.data));
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

/** Accounting dimensions are kept by Tryton's analytic accounts, which this connector does not write: it refuses them rather than lose them. */
function dimensionProblems(draft: { dimensions?: unknown; lines?: unknown }): string[] {
	const lines = Array.isArray(draft.lines) ? (draft.lines as Array<{ dimensions?: unknown }>) : [];
	const bearers: Array<[path: string, dimensions: unknown]> = [
		['dimensions', draft.dimensions],
		...lines.map((line, index): [string, unknown] => [`lines.${index}.dimensions`, line.dimensions]),
	];
	return bearers.flatMap(([path, dimensions]) =>
		Object.keys((dimensions ?? {}) as object).map(
			(name) => `${path}.${name}: accounting dimensions are not kept on Tryton's documents`,
		),
	);
}

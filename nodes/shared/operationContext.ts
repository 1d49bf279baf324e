import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isResourceLocatorValue, NodeOperationError } from 'n8n-workflow';
import type { z } from 'zod/v4';

import { problems } from '../../core/model/problems';
import { ValidationError } from '../../core/ports/errors';
import type { AccessSystem } from '../../core/ports/accessSystem';
import type { SystemConnector } from '../../core/ports/systemConnector';
import type { Database } from '../../core/store/database';
import { batchError, operationError, type ItemFailure } from './failures';
import { stateStore } from './stateStore';
import { accessSystemOf, connectorOf, type SystemRole } from './systems';

/** What one operation sees of n8n: its items, its checked parameters, and ways to answer. */
export class OperationContext {
	readonly items: INodeExecutionData[];
	private readonly constants = new Map<z.core.$ZodType, unknown>();

	constructor(readonly functions: IExecuteFunctions) {
		this.items = functions.getInputData();
	}

	/** The parameters that the schema names, checked; a wrong one is refused with its name. */
	parameters<Shape extends z.core.$ZodLooseShape>(
		schema: z.ZodObject<Shape>,
		itemIndex: number,
	): z.infer<z.ZodObject<Shape>> {
		const known = this.constants.get(schema);
		if (known !== undefined) return known as z.infer<z.ZodObject<Shape>>;
		const names = Object.keys(schema.shape);
		const values = Object.fromEntries(
			names.map((name) => [name, given(this.functions.getNodeParameter(name, itemIndex, null))]),
		);
		const parsed = schema.safeParse(values);
		if (!parsed.success) {
			const message = `Wrong parameter: ${problems(parsed.error)}`;
			throw new NodeOperationError(this.functions.getNode(), message, { itemIndex });
		}
		if (!this.hasExpression(names)) this.constants.set(schema, parsed.data);
		return parsed.data;
	}

	/** Parameters without an expression are the same for every item: n8n takes its time to resolve each. */
	private hasExpression(names: string[]): boolean {
		const { parameters } = this.functions.getNode();
		return names.some((name) => JSON.stringify(parameters[name] ?? null).includes('"='));
	}

	/** The input item itself, or the JSON that the user put into the parameter. */
	json(itemIndex: number): IDataObject {
		return this.items[itemIndex]?.json ?? {};
	}

	async connector(role: SystemRole): Promise<SystemConnector> {
		return await connectorOf(this.functions, role, String(this.functions.getNodeParameter('system', 0)));
	}

	async access(): Promise<AccessSystem> {
		return await accessSystemOf(this.functions, String(this.functions.getNodeParameter('system', 0)));
	}

	async database(): Promise<Database> {
		return await stateStore(this.functions, String(this.functions.getNodeParameter('stateStore', 0)));
	}

	/** Runs once for each input item; each result becomes an item paired with it. */
	async forEachItem(run: (itemIndex: number) => Promise<object[]>): Promise<INodeExecutionData[]> {
		const results: Array<object[] | Error> = [];
		for (let index = 0; index < this.items.length; index += 1) {
			try {
				results.push(await run(index));
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				results.push(error);
				if (!this.functions.continueOnFail()) break;
			}
		}
		return this.answer(results);
	}

	/**
	 * One result for each input item. Failed items become error items where the user chose to go on; otherwise one
	 * error names them all.
	 */
	answer(results: Array<object[] | Error>): INodeExecutionData[] {
		const failures = results.flatMap((result, itemIndex): ItemFailure[] =>
			result instanceof Error ? [{ itemIndex, error: result }] : [],
		);
		const node = this.functions.getNode();
		if (failures.length > 0 && !this.functions.continueOnFail()) throw batchError(node, this.items, failures);
		return results.flatMap((result, item): INodeExecutionData[] => {
			if (!(result instanceof Error))
				return result.map((json) => ({ json: json as IDataObject, pairedItem: { item } }));
			const error = operationError(node, result, item);
			return [{ json: { ...this.json(item), error: error.message }, error, pairedItem: { item } }];
		});
	}

	/** The whole operation failed: no item is at fault. */
	failed(error: unknown): Error {
		return error instanceof Error
			? operationError(this.functions.getNode(), error, 0)
			: new Error(String(error));
	}

	/** An error that names the input item's record. */
	invalid(message: string, key?: string): ValidationError {
		return new ValidationError(message, { system: 'n8n', ...(key === undefined ? {} : { key }) });
	}
}

/** A picker's value; undefined where the editor hides the parameter, which is for the schema to judge. */
function given(value: unknown): unknown {
	return isResourceLocatorValue(value) ? value.value : (value ?? undefined);
}

/** One operation: what the integrator sees stands above it in the same file. */
export type Operation = (context: OperationContext) => Promise<INodeExecutionData[]>;

/** An operation that parts its items: one list for each of its outputs, in their order. */
export interface PartingOperation {
	/** names of the outputs */
	outputs: string[];
	execute(context: OperationContext): Promise<INodeExecutionData[][]>;
}

/** Runs the operation that the node's resource and operation parameters name. */
export async function route(
	functions: IExecuteFunctions,
	operations: Record<string, Record<string, Operation | PartingOperation>>,
): Promise<INodeExecutionData[][]> {
	const resource = functions.getNodeParameter('resource', 0);
	const operation = functions.getNodeParameter('operation', 0);
	const run = operations[resource]?.[operation];
	if (run === undefined) {
		throw new NodeOperationError(
			functions.getNode(),
			`The operation "${operation}" of "${resource}" does not exist.`,
		);
	}
	const context = new OperationContext(functions);
	try {
		return typeof run === 'function' ? [await run(context)] : await run.execute(context);
	} catch (error) {
		throw context.failed(error);
	}
}

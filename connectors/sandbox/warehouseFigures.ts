import { z } from 'zod/v4';

import { BridgeError } from '../../core/ports/errors';
import type { Outcome } from '../../core/ports/systemConnector';
import type { Figure, FigureChange, FigureKind, WarehouseFigures } from '../../core/ports/warehouseFigures';
import { SandboxErp } from './sandboxErp';
import { chunksOf, SandboxService, type SandboxOptions } from './service';

/** Keys that the service takes in one call. */
const largestPage = 1_000;

const ErpFigure = z
	.object({
		key: z.string(),
		order: z.string().nullable(),
		quantities: z.record(z.string(), z.string()),
		version: z.number().int().positive(),
	})
	.transform(
		({ key, order, quantities, version }): Figure => ({
			key,
			...(order === null ? {} : { order }),
			quantities,
			version: String(version),
		}),
	);

async function readFigures(
	service: SandboxService,
	kind: FigureKind,
	keys: string[],
): Promise<Map<string, Figure>> {
	const found = new Map<string, Figure>();
	for (const chunk of chunksOf([...new Set(keys)], largestPage)) {
		const { figures } = await service.call(
			z.object({ figures: z.array(ErpFigure) }),
			{ method: 'POST', path: '/api/warehouse-figures/search', body: { kind, keys: chunk } },
			{ entity: kind },
		);
		for (const figure of figures) found.set(figure.key, figure);
	}
	return found;
}

async function writeFigures(
	service: SandboxService,
	kind: FigureKind,
	changes: FigureChange[],
): Promise<Array<Outcome<Figure>>> {
	const outcomes: Array<Outcome<Figure>> = [];
	for (const { key, expectedVersion, ...change } of changes) {
		try {
			const value = await service.call(
				ErpFigure,
				{
					method: 'PUT',
					path: `/api/warehouse-figures/${kind}/${encodeURIComponent(key)}`,
					body: { ...change, expectedVersion: expectedVersion === null ? null : Number(expectedVersion) },
				},
				{ entity: kind, key },
			);
			outcomes.push({ key, value });
		} catch (error) {
			if (!(error instanceof BridgeError)) throw error;
			outcomes.push({ key, error });
		}
	}
	return outcomes;
}

/** The sandbox's ERP with what its warehouse reports to it. */
export class SandboxReportedErp extends SandboxErp implements WarehouseFigures {
	private readonly figureService: SandboxService;

	constructor(options: SandboxOptions) {
		super(options);
		this.figureService = new SandboxService(this.system, options);
	}

	async figures(kind: FigureKind, keys: string[]): Promise<Map<string, Figure>> {
		return await readFigures(this.figureService, kind, keys);
	}

	async putFigures(kind: FigureKind, changes: FigureChange[]): Promise<Array<Outcome<Figure>>> {
		return await writeFigures(this.figureService, kind, changes);
	}
}

import type { Decimal } from '../model/decimal';
import type { Outcome } from './systemConnector';

/** `stock`: on hand of one item, key is its code. `delivered`: what left with one shipment, key is the shipment's. */
export type FigureKind = 'stock' | 'delivered';

/** A figure that a warehouse reports, as an ERP keeps it, in the ERP's own item codes and base units. */
export interface Figure {
	key: string;
	/** of the sales order; for `delivered` */
	order?: string;
	/** by item code */
	quantities: Record<string, Decimal>;
	/** changes whenever the figure does */
	version: string;
}

export interface FigureChange {
	key: string;
	order?: string;
	quantities: Record<string, Decimal>;
	/** system from which the value comes; the ERP keeps it, so that the change can be told from a person's own */
	origin: string;
	/** refuse with ConflictError when the figure is at another version; `null`: when there is one at all */
	expectedVersion: string | null;
}

/** An ERP that can take what its warehouse reports. Errors are BridgeErrors. */
export interface WarehouseFigures {
	readonly system: string;
	/** Those that exist among `keys`. */
	figures(kind: FigureKind, keys: string[]): Promise<Map<string, Figure>>;
	/** As many outcomes as changes, in their order. A repetition of a change that was made is a success. */
	putFigures(kind: FigureKind, changes: FigureChange[]): Promise<Array<Outcome<Figure>>>;
}

/** Whether a connector of an ERP can take figures. */
export function takesFigures(connector: object): connector is WarehouseFigures {
	return 'putFigures' in connector && 'figures' in connector;
}

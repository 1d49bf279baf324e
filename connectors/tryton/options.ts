import type { HttpTransport } from '../../core/ports/httpTransport';

/** How to reach one Tryton database, and how its records are to be understood. */
export interface TrytonOptions {
	/** name in events and in the crosswalk, such as `tryton-erp` */
	system: string;
	/** address of the server, such as `https://tryton.example.com` */
	url: string;
	database: string;
	user: string;
	password: string;
	transport: HttpTransport;
	/** how long one call may take */
	timeoutMs?: number;
	/** UN/ECE unit code by Tryton's unit symbol or name, beside and before the default ones */
	units?: Record<string, string>;
	/** how far back each look for changes reaches, for transactions that commit late; see changeCapture.ts */
	overlapSeconds?: number;
}

export interface TrytonWarehouseOptions extends TrytonOptions {
	/** code or name of the warehouse; may be left out where the database has one only */
	warehouse?: string;
	/** code or name of the party that shipments are made out to; made when it does not exist */
	customer?: string;
	/** code or name of the party that announced goods come from; made when it does not exist */
	supplier?: string;
	/** what stands before the order's key in a shipment's reference */
	referencePrefix?: string;
}

export interface TrytonFinanceOptions extends TrytonOptions {
	/** what the legal entity of the user's company is called in the accounting calendar; the company's name when absent */
	entity?: string;
	/** code of the journal for entries that name none; may be left out where only one is of type General */
	journal?: string;
}

import { badInput } from '@lienthong/kit';
import type { ParcelKey } from './data.ts';
import { parseShare, type Share } from './shares.ts';
import type { Transfer } from './transfer.ts';

/** The largest number of receivers in one transfer. */
const mostReceivers = 50;

/** `Citizen.id`: the key's epoch and 32 bytes in base64url. */
const citizenIdForm = /^k[1-9]\d{0,3}\.[A-Za-z0-9_-]{43}$/;

/** Whether a text has the form of `Citizen.id`; it says nothing about whether there is such a person. */
export const isCitizenId = (text: string): boolean => citizenIdForm.test(text);

/** `TransferParcelInput` as GraphQL hands it over. */
export interface TransferInput {
  readonly parcel: ParcelKey;
  readonly version: number;
  readonly from: string;
  readonly share?: string | null;
  readonly to: readonly { readonly citizen: string; readonly share: string }[];
}

/** Refuses numbers below 1: sheets and parcels are counted from 1. */
export function countedFromOne(value: number, argument: string): number {
  if (value >= 1) return value;
  throw badInput(
    'number_below_one',
    { vi: 'Số tờ bản đồ và số thửa bắt đầu từ 1.', en: 'Map sheets and parcels are numbered from 1.' },
    argument,
  );
}

/** The transfer that the caller ordered, checked as far as it can be without looking at the register. */
export function parseTransfer({ parcel, version, from, share, to }: TransferInput): Transfer {
  if (to.length < 1 || to.length > mostReceivers) {
    throw badInput(
      'receivers',
      {
        vi: `Một lần chuyển quyền có từ 1 đến ${mostReceivers} người nhận.`,
        en: `A transfer has between 1 and ${mostReceivers} receivers.`,
      },
      'input.to',
    );
  }
  const giver = citizenId(from, 'input.from');
  const receivers = to.map(({ citizen, share }, index) => ({
    citizen: citizenId(citizen, `input.to.${index}.citizen`),
    share: fraction(share, `input.to.${index}.share`),
  }));
  refuseRepetition([giver, ...receivers.map(({ citizen }) => citizen)]);
  return {
    parcel: {
      commune: parcel.commune,
      sheet: countedFromOne(parcel.sheet, 'input.parcel.sheet'),
      number: countedFromOne(parcel.number, 'input.parcel.number'),
    },
    version,
    from: giver,
    share: share === undefined || share === null ? undefined : fraction(share, 'input.share'),
    to: receivers,
  };
}

function citizenId(text: string, argument: string): string {
  if (isCitizenId(text)) return text;
  throw badInput(
    'citizen_id',
    {
      vi: 'Đây không phải mã liên thông của công dân. Hãy dùng `Citizen.id`, không dùng số định danh cá nhân.',
      en: 'This is not a citizen’s federated id. Pass `Citizen.id`, not a personal number.',
    },
    argument,
  );
}

function fraction(text: string, argument: string): Share {
  const share = parseShare(text);
  if (share !== undefined) return share;
  throw badInput(
    'share',
    {
      vi: 'Phần quyền là phân số lớn hơn 0 và không quá 1, ví dụ 1/2 hoặc 1/1.',
      en: 'A share is a fraction above 0 and at most 1, for example 1/2 or 1/1.',
    },
    argument,
  );
}

function refuseRepetition(people: readonly string[]): void {
  if (new Set(people).size === people.length) return;
  throw badInput(
    'repeated_citizen',
    {
      vi: 'Người chuyển không thể là người nhận và mỗi người nhận chỉ được nêu một lần; hãy cộng các phần của họ.',
      en: 'The giver cannot be a receiver, and each receiver is named once; add their shares up.',
    },
    'input.to',
  );
}

/** One connection that carries text messages, whoever makes it: a websocket, or a pair in memory in tests. */
export interface MessageSocket {
  /** Bytes or characters that were sent and have not left this process. */
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  onMessage(listener: (text: string) => void): void;
  onClose(listener: () => void): void;
}

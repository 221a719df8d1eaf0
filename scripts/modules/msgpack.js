// The decoder of frames; the import map calls it "@msgpack/msgpack".
export * from "@msgpack/msgpack";

-- Asks for ranges of a file: wrk ... -- BYTES FILE_BYTES.  Each connection walks through the file.
function init(args)
	bytes, file_bytes, at = tonumber(args[1]), tonumber(args[2]), 0
end

function request()
	if at + bytes > file_bytes then at = 0 end
	local head = { Range = string.format("bytes=%d-%d", at, at + bytes - 1) }
	at = at + bytes
	return wrk.format("GET", nil, head)
end

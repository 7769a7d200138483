-- Changes one person's profile after another's: wrk ... -- FILE, which holds a line of tokens.
function init(args)
	local file = assert(io.open(args[1]))
	tokens = {}
	for token in file:read("l"):gmatch("%S+") do tokens[#tokens + 1] = token end
	file:close()
	n = 0
end

function request()
	n = n + 1
	return wrk.format("PATCH", "/api/v1/me", { Authorization = "Bearer " .. tokens[n % #tokens + 1], ["Content-Type"] = "application/json" }, '{"bio":"' .. n .. '"}')
end

-- Likes one video after another, each person in turn: wrk ... -- FILE, which holds a line of tokens, then a line of video ids.
function init(args)
	local file = assert(io.open(args[1]))
	tokens, videos = {}, {}
	for token in file:read("l"):gmatch("%S+") do tokens[#tokens + 1] = token end
	for video in file:read("l"):gmatch("%S+") do videos[#videos + 1] = video end
	file:close()
	n, offset = 0, tonumber(args[2])
end

function request()
	local i = n + offset
	n = n + 1
	local person = tokens[math.floor(i / #videos) % #tokens + 1]
	return wrk.format("PUT", "/api/v1/videos/" .. videos[i % #videos + 1] .. "/like", { Authorization = "Bearer " .. person })
end

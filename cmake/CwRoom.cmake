# cw_room(NAME [DIR folder] [USES room...] [LIBS pkg-config-module...]
#         [LOADS pkg-config-module...] [MAINS name...] [THREADS])
#
# One folder (engine/NAME unless DIR says otherwise), one static library cw_NAME of all
# its .c files except main.c and the MAINS, which are programs' (see cw_tool).
# LOADS: libraries whose headers are read, and that are loaded by dlopen when needed.
# USES is the room's row of the table in docs/internals.md (the layers test compares them).
function(cw_room name)
	cmake_parse_arguments(A "THREADS" "DIR" "USES;LIBS;LOADS;MAINS" ${ARGN})
	if(NOT A_DIR)
		set(A_DIR engine/${name})
	endif()
	file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${A_DIR}/*.c)
	foreach(main main ${A_MAINS})
		list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/${A_DIR}/${main}.c)
	endforeach()
	if(sources)
		add_library(cw_${name} STATIC ${sources})
		set(scope PUBLIC)
	else()
		add_library(cw_${name} INTERFACE)
		set(scope INTERFACE)
	endif()
	target_link_libraries(cw_${name} ${scope} cw_flags)
	foreach(room ${A_USES})
		target_link_libraries(cw_${name} ${scope} cw_${room})
	endforeach()
	foreach(lib ${A_LIBS})
		cw_package(${lib} target)
		target_link_libraries(cw_${name} ${scope} ${target})
	endforeach()
	foreach(lib ${A_LOADS})
		cw_package(${lib} target)
		target_include_directories(cw_${name} ${scope}
			$<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
		target_link_libraries(cw_${name} ${scope} ${CMAKE_DL_LIBS})
	endforeach()
	if(A_THREADS)
		target_link_libraries(cw_${name} ${scope} Threads::Threads)
	endif()
endfunction()

# cw_tool(NAME ROOM SOURCE [BIN]): a rule program of one main file and its room. It goes to
# libexec/cwflow (its generic name stays off people's PATH), with BIN to bin.
function(cw_tool name room source)
	cmake_parse_arguments(A "BIN" "" "" ${ARGN})
	add_executable(${name} ${source})
	target_link_libraries(${name} PRIVATE cw_${room})
	if(A_BIN)
		set(built ${PROJECT_BINARY_DIR}/bin)
		set(installed ${CMAKE_INSTALL_BINDIR})
	else()
		set(built ${CWFLOW_TOOLS_DIR})
		set(installed ${CMAKE_INSTALL_LIBEXECDIR}/cwflow)
	endif()
	set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${built})
	install(TARGETS ${name} RUNTIME DESTINATION ${installed})
endfunction()

# cw_manual_alias(NAME PAGE): the manual page PAGE(1) by another program's name.
function(cw_manual_alias name page)
	file(WRITE ${PROJECT_BINARY_DIR}/man/${name}.1 ".so man1/${page}.1\n")
	install(FILES ${PROJECT_BINARY_DIR}/man/${name}.1
		DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endfunction()

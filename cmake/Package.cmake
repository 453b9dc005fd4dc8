# The Debian package: programs, systemd units (not enabled), their settings, documents. ./dev package builds it.
include(GNUInstallDirs)
set(doc_dir ${CMAKE_INSTALL_DATADIR}/doc/doublezero-provisioning)
set(packaging ${CMAKE_SOURCE_DIR}/packaging)

install(DIRECTORY ${packaging}/systemd/ DESTINATION /lib/systemd/system)
install(DIRECTORY ${packaging}/etc/ DESTINATION /etc/doublezero)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/data/policy/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doublezero-provisioning/policy)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/ DESTINATION ${doc_dir} FILES_MATCHING PATTERN "*.md" PATTERN adr EXCLUDE)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md DESTINATION ${doc_dir})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${doc_dir} RENAME copyright)

# The CLI writes its own completions.
if(TARGET doublezero)
  install(CODE "
    foreach(to IN ITEMS bash:bash-completion/completions/doublezero zsh:zsh/vendor-completions/_doublezero
                        fish:fish/vendor_completions.d/doublezero.fish)
      string(REGEX MATCH \"^([a-z]+):(.*)\" to \${to})
      set(file \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/share/\${CMAKE_MATCH_2}\")
      cmake_path(GET file PARENT_PATH folder)
      file(MAKE_DIRECTORY \${folder})
      execute_process(COMMAND ${CMAKE_BINARY_DIR}/bin/doublezero completion \${CMAKE_MATCH_1} --portable OUTPUT_FILE \${file} COMMAND_ERROR_IS_FATAL ANY)
    endforeach()")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME doublezero-provisioning)
set(CPACK_PACKAGE_VENDOR "The DoubleZero provisioning authors")
set(CPACK_PACKAGE_CONTACT "The DoubleZero provisioning authors <provisioning@doublezero.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Ledger, monitor, activator and CLI that decide when a link may carry traffic")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "passwd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${packaging}/deb/conffiles ${packaging}/deb/postinst ${packaging}/deb/prerm ${packaging}/deb/postrm)
include(CPack)

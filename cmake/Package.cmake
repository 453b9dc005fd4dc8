# What is installed: programs, systemd units (not enabled), their settings, documents. tools/package.py makes the Debian
# package of it, with man pages, completions and a bill of materials; ./dev package runs that.
include(GNUInstallDirs)
set(doc_dir ${CMAKE_INSTALL_DATADIR}/doc/doublezero-provisioning)
set(data_dir ${CMAKE_INSTALL_DATADIR}/doublezero-provisioning)
set(packaging ${CMAKE_SOURCE_DIR}/packaging)

install(DIRECTORY ${packaging}/systemd/ DESTINATION /lib/systemd/system)
install(DIRECTORY ${packaging}/etc/ DESTINATION /etc/doublezero)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/data/policy DESTINATION ${data_dir})
foreach(part prometheus grafana nginx backup)
  if(EXISTS ${packaging}/${part})
    install(DIRECTORY ${packaging}/${part} DESTINATION ${data_dir} USE_SOURCE_PERMISSIONS)
  endif()
endforeach()
# As they stand in the repository, so that links between them hold.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${doc_dir} FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.png" PATTERN "*.bundle")
install(FILES README.md CHANGELOG.md ARCHITECTURE.md CONTRIBUTING.md LICENSE DESTINATION ${doc_dir})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${doc_dir} RENAME copyright)
